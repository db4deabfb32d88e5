import {
  type AppliedKustomization,
  automationsBeside,
  type Fetches,
  type FluxName,
  type FluxSession,
  formatFluxName,
  type Goal,
  kustomizationOf,
  type PolicyOfRepository,
  planDependencies,
  policiesOf,
  readPolicy,
  reconcileAutomations,
  reconcileHelmReleases,
  reconcileImagePolicy,
  reconcileImageRepository,
  reconcileRevision,
  type Selection,
} from '@eks-gitops/cluster/flux';
import type { TaggedImage, Target } from './target.ts';

export interface Walk {
  readonly kustomizations: readonly FluxName[];
  readonly helmReleases: readonly FluxName[];
  readonly imageRepositories: readonly FluxName[];
  readonly imagePolicies: readonly FluxName[];
  readonly withSource: boolean;
  readonly force: boolean;
  readonly reset: boolean;
  readonly target: Target;
  /** Asks the repository whether a commit contains another. */
  readonly contains: ((later: string, earlier: string, signal: AbortSignal) => Promise<boolean>) | undefined;
}

export interface Walked {
  readonly applied: readonly AppliedKustomization[];
  readonly goal: Goal;
}

/** Walks from the image to what is applied, as far as objects are named. */
export async function walk(session: FluxSession, request: Walk): Promise<Walked> {
  const { helmReleases, force, reset, target } = request;
  const written = await walkImages(session, request);
  const goal = withHistory(written ?? target.goal, request);
  const withSource = request.withSource || goal.kind !== 'any' || target.image !== undefined;
  const owners = withSource ? await Promise.all(helmReleases.map(name => kustomizationOf(session.cluster, name))) : [];
  const kustomizations = distinct([...request.kustomizations, ...owners.flatMap(name => name ?? [])]);
  const sources: Fetches = new Map();
  const applied = await reconcileRevision(session, { kustomizations, goal, withSource, sources, image: target.image });
  await reconcileHelmReleases(session, { helmReleases, withSource, sources, force, reset });
  return { applied, goal };
}

/** Scans; with an image, has it selected; without a commit, has it written, and gives what was. */
async function walkImages(session: FluxSession, request: Walk): Promise<Goal | undefined> {
  const { image, goal } = request.target;
  const chosen = image === undefined ? [] : await policiesMeant(session, request);
  const repositories = distinct([...request.imageRepositories, ...chosen.map(({ repository }) => repository)]);
  const scans = new Map(repositories.map(name => [formatFluxName(name), reconcileImageRepository(session, name)]));
  await Promise.all(scans.values());
  if (image === undefined) return undefined;
  await Promise.all(
    chosen.map(async ({ policy: name, repository }) => {
      const scanned = await scans.get(formatFluxName(repository));
      if (scanned !== undefined) await reconcileImagePolicy(session, { name, image, scanned, explain });
    }),
  );
  return goal.kind === 'any' ? awaitCommits(session, request, { chosen, image }) : undefined;
}

async function policiesMeant({ cluster }: FluxSession, request: Walk): Promise<readonly PolicyOfRepository[]> {
  const { imagePolicies, imageRepositories } = request;
  if (imagePolicies.length > 0) return Promise.all(imagePolicies.map(policy => readPolicy(cluster, policy)));
  return (await Promise.all(imageRepositories.map(repository => policiesOf(cluster, repository)))).flat();
}

interface Chosen {
  readonly chosen: readonly PolicyOfRepository[];
  readonly image: TaggedImage;
}

/** Judging tags is heavy, and needed only when something is wrong. */
async function explain(selection: Selection): Promise<string> {
  const { explainSelection } = await import('./explain-selection.ts');
  return explainSelection(selection);
}

/** Has Flux write the tag, one policy after the other, so that the last commit holds them all. */
async function awaitCommits(
  session: FluxSession,
  { kustomizations }: Walk,
  { chosen, image: { tag } }: Chosen,
): Promise<Goal | undefined> {
  if (kustomizations.length === 0) return undefined;
  const plan = await planDependencies(session.cluster, kustomizations);
  const sources = distinct(plan.flatMap(({ source }) => source ?? []));
  let last: Goal | undefined;
  for (const { policy } of chosen) {
    const automations = await automationsBeside(session.cluster, policy, sources);
    last = { kind: 'commit', commit: await reconcileAutomations(session, { automations, policy, tag }) };
  }
  return last;
}

function withHistory(goal: Goal, { contains }: Walk): Goal {
  if (goal.kind !== 'commit' || contains === undefined) return goal;
  return { ...goal, isContainedIn: (commit, signal) => contains(commit, goal.commit, signal) };
}

function distinct(names: readonly FluxName[]): readonly FluxName[] {
  return [...new Map(names.map(name => [formatFluxName(name), name])).values()];
}
