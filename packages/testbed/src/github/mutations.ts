import { commitNode } from './commit-node.ts';
import { forbidden, Refusal } from './refusal.ts';
import { type Actor, permits, personOf, type Repository, settle } from './world.ts';

interface CommitInput {
  readonly branch: { readonly repositoryNameWithOwner?: string; readonly branchName?: string };
  readonly expectedHeadOid: string;
  readonly message: { readonly headline: string; readonly body?: string };
  readonly fileChanges?: {
    readonly additions?: readonly { readonly path: string; readonly contents: string }[];
    readonly deletions?: readonly { readonly path: string }[];
  };
}

/**
 * GraphQL's createCommitOnBranch. Another head is STALE_DATA with these words (seen in ministryofjustice/modernisation-platform issue
 * 11985); a protected branch BRANCH_PROTECTION_RULE_VIOLATION, and a ruleset another type (Thinkmill/keystatic issue 1598).
 */
export function createCommitOnBranch({ actor, find }: { actor: Actor; find: (fullName: string) => Repository }) {
  return async ({ input }: { input: CommitInput }): Promise<object> => {
    const { branch, expectedHeadOid, message, fileChanges } = input;
    const repository = find(branch.repositoryNameWithOwner ?? '');
    if (!permits(actor.permissions, { contents: 'write' })) throw forbidden();
    const { git, options } = repository;
    const name = `refs/heads/${branch.branchName}`;
    const head = await git.read(name);
    if (head === undefined) throw notFound(`Could not resolve to a Ref with the name '${branch.branchName}'.`);
    if ((await git.commit(expectedHeadOid)) === undefined) {
      throw notFound(`No commit exists with specified expectedHeadOid '${expectedHeadOid}'.`);
    }
    const violation = options.protected?.[branch.branchName ?? ''];
    if (violation !== undefined) {
      throw new Refusal({ status: 422, type: 'BRANCH_PROTECTION_RULE_VIOLATION', message: violation });
    }
    const oid = await git.write({
      parent: expectedHeadOid,
      additions: (fileChanges?.additions ?? []).map(({ path, contents }) => ({ path, content: Buffer.from(contents, 'base64') })),
      deletions: (fileChanges?.deletions ?? []).map(({ path }) => path),
      message: message.body ? `${message.headline}\n\n${message.body}` : message.headline,
      author: personOf(actor),
    });
    if (head !== expectedHeadOid || !(await git.update({ name, from: expectedHeadOid, to: oid }))) {
      const words = `Expected branch to point to "${expectedHeadOid}" but it did not.  Pull and try again.`;
      throw new Refusal({ status: 409, type: 'STALE_DATA', message: words });
    }
    await settle(repository);
    return { commit: () => commitNode(git, oid) };
  };
}

function notFound(message: string): Refusal {
  return new Refusal({ status: 404, type: 'NOT_FOUND', message });
}

interface AutoMergeInput {
  readonly pullRequestId: string;
  readonly mergeMethod?: 'MERGE' | 'SQUASH' | 'REBASE';
}

const methods = { MERGE: 'merge', SQUASH: 'squash', REBASE: 'rebase' } as const;

/** GraphQL's enablePullRequestAutoMerge; its refusals in the words of peter-evans/enable-pull-request-automerge issues 343 and 822. */
export function enablePullRequestAutoMerge({ actor, repositories }: { actor: Actor; repositories: readonly Repository[] }) {
  return async ({ input }: { input: AutoMergeInput }): Promise<object> => {
    const [, id, number] = /^PR_(\d+)_(\d+)$/.exec(input.pullRequestId) ?? [];
    const repository = repositories.find(one => String(one.id) === id && actor.repositories.includes(one.options.name));
    const pull = repository?.pulls.find(one => String(one.number) === number);
    if (repository === undefined || pull === undefined) {
      throw notFound(`Could not resolve to a node with the global id of '${input.pullRequestId}'`);
    }
    if (!permits(actor.permissions, { contents: 'write', pull_requests: 'write' })) throw forbidden();
    const { autoMerge = 'waiting' } = repository.options;
    if (autoMerge === 'disallowed') throw refused('Auto merge is not allowed for this repository');
    if (autoMerge === 'clean') throw refused('Pull request Pull request is in clean status');
    pull.autoMerge = methods[input.mergeMethod ?? 'MERGE'];
    return { pullRequest: { number: pull.number, title: pull.title } };
  };
}

function refused(message: string): Refusal {
  return new Refusal({ status: 422, type: 'UNPROCESSABLE', message });
}
