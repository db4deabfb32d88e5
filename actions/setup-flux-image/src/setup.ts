import { type ActionContext, repositoryRequest } from '@eks-gitops/action';
import type { EditTree } from '@eks-gitops/gitops';
import { clusterNeeds, planSetup, readManifests, type SetupPlan, scopeFolders } from '@eks-gitops/gitops/flux-objects';
import { type Destination, type Outcome, outcomeOf, type Publication, publishEdit } from '@eks-gitops/gitops/landing';
import { proxySettings } from '@eks-gitops/images/registry';
import type { SetupInputs } from './inputs.ts';
import { scannedImage, setupOptions } from './options.ts';

interface Outputs {
  readonly changed: string;
  readonly commit: string;
  readonly branch: string;
  readonly files: string;
  readonly diff: string;
  readonly 'cluster-needs': string;
  readonly 'pull-request-number': string;
  readonly 'pull-request-url': string;
}

type SetUp = Publication<SetupPlan>;

/** Plans the changes on the repository's newest commit, and commits them. */
export async function setUp(inputs: SetupInputs, context: ActionContext): Promise<Outputs> {
  const { env, signal, log, mask } = context;
  const { policy } = inputs;
  const request = repositoryRequest(inputs, {
    ...context,
    pullRequestBranch: `eks-gitops/setup-${policy.namespace}-${policy.name}`,
  });
  const done = await publishEdit({
    ...request,
    destination: inputs['dry-run'] ? dryDestination(request.destination) : request.destination,
    github: { ...request.github, proxy: proxySettings(env) },
    paths: scopeFolders(scopeOf(inputs)),
    edit: setupEdit(inputs, signal),
    isSuperseded: () => false,
    folder: (await context.privateFolder()).path,
    env,
    signal,
    onProgress: line => log.info(line),
    onNotice: notice => log.notice(notice),
    mask,
  });
  const needs = clusterNeeds(scannedImage(inputs), inputs);
  const told = { outcome: outcomeOf(done, request.destination), needs };
  await report(done, { ...told, inputs, context });
  return outputsOf(inputs, done, told);
}

/** A dry run makes no commit, so that it needs no right to write. */
function dryDestination({ kind }: Destination): Destination {
  return kind === 'local' ? { kind } : { kind: 'push', verified: false };
}

function setupEdit(inputs: SetupInputs, signal: AbortSignal): EditTree<SetupPlan> {
  const options = setupOptions(inputs);
  return async ({ root }) => {
    const plan = planSetup(await readManifests({ root, signal, ...scopeOf(inputs) }), options);
    return { changes: inputs['dry-run'] ? [] : plan.changes, message: plan.message, result: plan };
  };
}

function scopeOf({ path, 'flux-path': fluxPath, 'objects-file': objectsFile }: SetupInputs) {
  return { path, fluxPath, ...(objectsFile === undefined ? {} : { objectsFile }) };
}

interface Told {
  readonly outcome: Outcome;
  readonly needs: string;
}

interface Reported extends Told {
  readonly inputs: SetupInputs;
  readonly context: ActionContext;
}

async function report(done: SetUp, { inputs, outcome, needs, context: { log } }: Reported): Promise<void> {
  const { notes, diff } = done.result;
  for (const note of notes) log.info(note);
  if (diff !== '') await log.group('Changes', async () => log.info(diff.trimEnd()));
  await log.group('What the cluster needs', async () => log.info(needs));
  log.info(inputs['dry-run'] ? 'Dry run: nothing was written.' : outcome.sentence);
}

function outputsOf(inputs: SetupInputs, done: SetUp, { outcome, needs }: Told): Outputs {
  const { result } = done;
  const dry = inputs['dry-run'];
  const files = dry ? result.changes.map(({ path }) => path) : done.files;
  return {
    changed: String(dry ? files.length > 0 : outcome.changed),
    commit: dry ? '' : outcome.commit,
    branch: outcome.branch,
    files: files.join('\n'),
    diff: result.diff,
    'cluster-needs': needs,
    'pull-request-number': outcome.pullRequest.number,
    'pull-request-url': outcome.pullRequest.url,
  };
}
