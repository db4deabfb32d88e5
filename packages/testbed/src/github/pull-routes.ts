import { z } from 'zod';
import { pullBody } from './pull-body.ts';
import { invalid, notFound, Refusal } from './refusal.ts';
import type { RestCall, Route } from './routes.ts';
import type { Permissions, PullRequest, Repository } from './world.ts';

const repo = '/repos/{owner}/{repo}';
const one = `${repo}/pulls/{pull_number}`;
const issue = `${repo}/issues/{issue_number}`;
const read: readonly Permissions[] = [{ pull_requests: 'read' }];
const write: readonly Permissions[] = [{ pull_requests: 'write' }];
const either: readonly Permissions[] = [{ issues: 'write' }, { pull_requests: 'write' }];

const creation = z.object({
  title: z.string(),
  head: z.string(),
  base: z.string(),
  body: z.string().nullish(),
  draft: z.boolean().default(false),
});
const change = z.object({ title: z.string(), body: z.string().nullable(), state: z.enum(['open', 'closed']) }).partial();
const labels = z.object({ labels: z.array(z.string()) });
const reviewers = z.object({ reviewers: z.array(z.string()).default([]), team_reviewers: z.array(z.string()).default([]) });
const comment = z.object({ body: z.string() });

/** pulls, their labels, comments and reviewers of the REST API. */
export const pullRoutes: readonly Route[] = [
  {
    method: 'GET',
    template: `${repo}/pulls`,
    needs: read,
    run: async call => {
      const { query, repository } = call;
      const state = query.get('state') ?? 'open';
      const head = query.get('head')?.replace(`${repository.owner}:`, '') ?? undefined;
      const base = query.get('base') ?? undefined;
      const found = repository.pulls.filter(
        pull =>
          (state === 'all' || pull.state === state) &&
          (head === undefined || pull.head === head) &&
          (base === undefined || pull.base === base),
      );
      const [example] = z.array(z.unknown()).parse(call.example(200));
      return { status: 200, body: await Promise.all(found.toReversed().map(pull => pullBody(call, { pull, example }))) };
    },
  },
  {
    method: 'POST',
    template: `${repo}/pulls`,
    needs: write,
    run: async call => {
      const pull = await open(call);
      return { status: 201, body: await pullBody(call, { pull, example: call.example(201) }) };
    },
  },
  {
    method: 'GET',
    template: one,
    needs: read,
    run: async call => ({ status: 200, body: await pullBody(call, { pull: pullOf(call), example: call.example(200) }) }),
  },
  {
    method: 'PATCH',
    template: one,
    needs: write,
    run: async call => {
      const pull = pullOf(call);
      const { title = pull.title, body = pull.body, state = pull.state } = change.parse(call.body);
      Object.assign(pull, { title, body, state });
      return { status: 200, body: await pullBody(call, { pull, example: call.example(200) }) };
    },
  },
  {
    method: 'GET',
    template: `${one}/reviews`,
    needs: read,
    run: async call => {
      const [example] = z.array(z.record(z.string(), z.unknown())).parse(call.example(200));
      return {
        status: 200,
        body: pullOf(call).reviewed.map(login => ({ ...example, user: { ...Object(example?.['user']), login } })),
      };
    },
  },
  {
    method: 'POST',
    template: `${one}/requested_reviewers`,
    needs: write,
    run: async call => {
      const pull = pullOf(call);
      const asked = reviewers.parse(call.body);
      const allowed = call.repository.options.reviewers ?? [];
      const named = [...asked.reviewers, ...asked.team_reviewers.map(team => `${call.repository.owner}/${team}`)];
      if (named.includes(pull.author)) throw refused('Review cannot be requested from pull request author.');
      if (named.some(name => !allowed.includes(name))) {
        const place = call.repository.options.name;
        throw refused(
          `Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the ${place} repository.`,
        );
      }
      pull.reviewers = [...new Set([...pull.reviewers, ...asked.reviewers])];
      pull.teams = [...new Set([...pull.teams, ...asked.team_reviewers])];
      return { status: 201, body: await pullBody(call, { pull, example: call.example(201) }) };
    },
  },
  {
    method: 'POST',
    template: `${issue}/labels`,
    needs: either,
    run: async call => {
      const pull = pullOf(call);
      pull.labels = [...new Set([...pull.labels, ...labels.parse(call.body).labels])];
      const [example] = z.array(z.record(z.string(), z.unknown())).parse(call.example(200));
      return { status: 200, body: pull.labels.map(name => ({ ...example, name })) };
    },
  },
  {
    method: 'POST',
    template: `${issue}/comments`,
    needs: either,
    run: async call => {
      const { body } = comment.parse(call.body);
      pullOf(call).comments.push(body);
      return { status: 201, body: { ...Object(call.example(201)), body } };
    },
  },
];

function pullOf({ path, repository }: RestCall): PullRequest {
  const number = path['pull_number'] ?? path['issue_number'];
  const found = repository.pulls.find(pull => String(pull.number) === number);
  if (found === undefined) throw notFound();
  return found;
}

/** Opens a pull request by GitHub's rules: both branches exist, something lies between them, and none is open for the two already. */
async function open({ actor, repository, body }: RestCall): Promise<PullRequest> {
  const { title, head: named, base, body: text = null, draft } = creation.parse(body);
  const head = named.replace(`${repository.owner}:`, '');
  const { git, pulls, owner } = repository;
  const [headOid, baseOid] = await Promise.all([git.read(`refs/heads/${head}`), git.read(`refs/heads/${base}`)]);
  if (headOid === undefined) throw invalid('PullRequest', `Head ref must be a branch`);
  if (baseOid === undefined) throw invalid('PullRequest', `Base ref must be a branch`);
  if ((await git.between(baseOid, headOid)).length === 0) {
    throw invalid('PullRequest', `No commits between ${base} and ${head}`);
  }
  // Nothing is awaited from here on, so that of two requests at once one is refused.
  if (pulls.some(pull => pull.state === 'open' && pull.head === head && pull.base === base)) {
    throw invalid('PullRequest', `A pull request already exists for ${owner}:${head}.`);
  }
  const author = actor.bot ? `${actor.login}[bot]` : actor.login;
  const pull: PullRequest = {
    ...blank,
    number: nextNumber(repository),
    author,
    draft,
    head,
    base,
    title,
    body: text,
    comments: [],
  };
  pulls.push(pull);
  return pull;
}

const blank = {
  state: 'open',
  merged: false,
  labels: [],
  reviewers: [],
  teams: [],
  reviewed: [],
  autoMerge: undefined,
} as const satisfies Partial<PullRequest>;

function nextNumber({ pulls }: Repository): number {
  return (pulls.at(-1)?.number ?? 0) + 1;
}

function refused(message: string): Refusal {
  return new Refusal({ status: 422, message });
}
