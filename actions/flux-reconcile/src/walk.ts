import {
  type AppliedRevisions,
  automationsBeside,
  type FluxName,
  type FluxSession,
  formatFluxName,
  type Goal,
  kustomizationOf,
  type PolicyOfRepository,
  planKustomizations,
  policiesOf,
  type Reconciled,
  readPolicy,
  reconcileAutomations,
  reconcileHelmRelease,
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
  /** In the order in which they ended. */
  readonly steps: readonly Reconciled[];
  readonly applied: AppliedRevisions['applied'];
  readonly goal: Goal;
}

/** Walks from the image to what is applied, as far as objects are named. */
export async function walk(session: FluxSession, request: Walk): Promise<Walked> {
  const { helmReleases, force, reset, target } = request;
  const images = await walkImages(session, request);
  const goal = withHistory(images.goal ?? target.goal, request);
  const withSource = request.withSource || goal.kind !== 'any' || target.image !== undefined;
  const owners = withSource ? await Promise.all(helmReleases.map(name => kustomizationOf(session.cluster, name))) : [];
  const kustomizations = distinct([...request.kustomizations, ...owners.flatMap(name => name ?? [])]);
  const { applied, steps } = await reconcileRevision(session, { kustomizations, goal, withSource, image: target.image });
  const releases = await Promise.all(helmReleases.map(name => reconcileHelmRelease(session, { name, force, reset })));
  return { steps: [...images.steps, ...steps, ...releases], applied, goal };
}

interface WalkedImages {
  readonly steps: readonly Reconciled[];
  /** What Flux has written, where it was waited for. */
  readonly goal?: Goal;
}

/** Scans; with an image, has it selected; without a commit, has it written. */
async function walkImages(session: FluxSession, request: Walk): Promise<WalkedImages> {
  const { image, goal } = request.target;
  const chosen = image === undefined ? [] : await policiesMeant(session, request);
  const repositories = distinct([...request.imageRepositories, ...chosen.map(({ repository }) => repository)]);
  const scans = await Promise.all(repositories.map(name => reconcileImageRepository(session, name)));
  const steps = scans.map(({ step }) => step);
  if (image === undefined) return { steps };
  const selected = await Promise.all(
    chosen.flatMap(({ policy: name, repository }) => {
      const scan = scans.find(({ step }) => formatFluxName(step.object) === formatFluxName(repository));
      return scan === undefined ? [] : [reconcileImagePolicy(session, { name, image, scanned: scan.value, explain })];
    }),
  );
  const written = goal.kind === 'any' ? await awaitCommits(session, request, { chosen, image }) : { steps: [] };
  return { ...written, steps: [...steps, ...selected, ...written.steps] };
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
): Promise<WalkedImages> {
  if (kustomizations.length === 0) return { steps: [] };
  const plan = await planKustomizations(session.cluster, kustomizations);
  const sources = distinct(plan.flatMap(({ source }) => source ?? []));
  const steps: Reconciled[] = [];
  let last: Goal | undefined;
  for (const { policy } of chosen) {
    const automations = await automationsBeside(session.cluster, policy, sources);
    const { commit, step } = await reconcileAutomations(session, { automations, policy, tag });
    steps.push(step);
    last = { kind: 'commit', commit };
  }
  return last === undefined ? { steps } : { steps, goal: last };
}

function withHistory(goal: Goal, { contains }: Walk): Goal {
  if (goal.kind !== 'commit' || contains === undefined) return goal;
  return { ...goal, isContainedIn: (commit, signal) => contains(commit, goal.commit, signal) };
}

function distinct(names: readonly FluxName[]): readonly FluxName[] {
  return [...new Map(names.map(name => [formatFluxName(name), name])).values()];
}
