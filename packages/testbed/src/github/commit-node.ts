import type { BareRepository } from './bare-repository.ts';

/** A commit as GitHub's GraphQL schema shows it. */
export async function commitNode(git: BareRepository, oid: string): Promise<object> {
  const commit = await git.commit(oid);
  if (commit === undefined) throw new Error(`${oid} is no commit`);
  const [headline = '', ...rest] = commit.message.trimEnd().split('\n');
  const body = rest.join('\n').replace(/^\n+/, '');
  const [parent] = commit.parents;
  return {
    __typename: 'Commit',
    oid,
    message: commit.message.trimEnd(),
    messageHeadline: headline,
    messageBody: body,
    author: commit.author,
    committer: commit.committer,
    signature: () =>
      commit.signed ? { __typename: 'GpgSignature', isValid: true, wasSignedByGitHub: true, state: 'VALID' } : null,
    parents: ({ first = 100 }: { first?: number }) => ({
      totalCount: commit.parents.length,
      nodes: commit.parents.slice(0, first).map(one => commitNode(git, one)),
    }),
    changedFilesIfAvailable: async () => (parent === undefined ? null : (await git.changedFiles(parent, oid)).length),
    file: async ({ path }: { path: string }) => {
      const entry = await git.entry(oid, path);
      return entry === undefined ? null : { oid: entry.oid, path, mode: Number.parseInt(entry.mode, 8) };
    },
    history: async ({ first = 100 }: { first?: number }) => {
      const oids = await git.history(oid, first);
      return { totalCount: oids.length, nodes: oids.map(one => commitNode(git, one)) };
    },
  };
}
