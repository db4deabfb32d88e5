import { type ActionContext, repositoryRequest } from '@eks-gitops/action';
import type { EditTree } from '@eks-gitops/gitops';
import { planSetup, readManifests, type SetupPlan, scopeFolders } from '@eks-gitops/gitops/flux-objects';
import { type Destination, type Outcome, outcomeOf, type Publication, publishEdit } from '@eks-gitops/gitops/landing';
import { proxySettings } from '@eks-gitops/http';
import type { SetupInputs } from './inputs.ts';
import { setupOptions } from './options.ts';

interface Outputs {
  readonly changed: string;
  readonly commit: string;
  readonly branch: string;
  readonly files: string;
  readonly diff: string;
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
  for (const name of request.idle) log.notice(`The input ${name} has no say with mode: ${inputs.mode}.`);
  const done = await publishEdit({
    ...request,
    destination: inputs['dry-run'] ? dryDestination(request.destination) : request.destination,
    github: { ...request.github, proxy: proxySettings(env) },
    paths: scopeFolders(scopeOf(inputs)),
    edit: setupEdit(inputs, signal),
    folder: (await context.privateFolder()).path,
    env,
    signal,
    onProgress: line => log.info(line),
    onNotice: notice => log.notice(notice),
    mask,
  });
  const outcome = outcomeOf(done, request.destination);
  await report(done, { outcome, dryRun: inputs['dry-run'], log });
  return outputsOf(inputs, done, outcome);
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

interface Report {
  readonly outcome: Outcome;
  readonly dryRun: boolean;
  readonly log: ActionContext['log'];
}

async function report(done: SetUp, { outcome, dryRun, log }: Report): Promise<void> {
  const { notes, diff, needs } = done.result;
  for (const note of notes) log.info(note);
  if (diff !== '') await log.group('Changes', async () => log.info(diff.trimEnd()));
  await log.group('What the cluster needs', async () => log.info(needs));
  log.info(dryRun ? 'Dry run: nothing was written.' : outcome.sentence);
}

function outputsOf(inputs: SetupInputs, done: SetUp, outcome: Outcome): Outputs {
  const { result } = done;
  const dry = inputs['dry-run'];
  const files = dry ? result.changes.map(({ path }) => path) : done.files;
  return {
    changed: String(dry ? files.length > 0 : outcome.changed),
    commit: dry ? '' : outcome.commit,
    branch: outcome.branch,
    files: files.join('\n'),
    diff: result.diff,
    'pull-request-number': outcome.pullRequest.number,
    'pull-request-url': outcome.pullRequest.url,
  };
}
