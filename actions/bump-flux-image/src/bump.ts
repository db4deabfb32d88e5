import { type ActionContext, formatRecord, overlayFacts, repositoryRequest } from '@eks-gitops/action';
import { formatPolicyName } from '@eks-gitops/gitops';
import { type Outcome, outcomeOf, type Publication, publishEdit } from '@eks-gitops/gitops/landing';
import { proxySettings } from '@eks-gitops/http';
import { type BumpPlan, bumpEdit, type PolicyChange } from './edit.ts';
import type { BumpInputs } from './inputs.ts';
import { pullRequestBranch } from './pull-request-branch.ts';
import { raisePlan } from './raise-plan.ts';
import { sourceCommit } from './source-commit.ts';
import { ruleOf } from './tag-order.ts';
import { isRecorded, resolveTargets, type Target } from './target.ts';
import { verifyImages } from './verify-image.ts';

interface Outputs {
  readonly changed: string;
  readonly superseded: string;
  readonly commit: string;
  readonly branch: string;
  readonly files: string;
  readonly previous: string;
  readonly updated: string;
  readonly 'pull-request-number': string;
  readonly 'pull-request-url': string;
  readonly record: string;
}

type Bumped = Publication<readonly PolicyChange[]>;

/** Verifies the images, writes them at their markers, and commits. */
export async function bump(inputs: BumpInputs, context: ActionContext): Promise<Outputs> {
  const given = resolveTargets(inputs);
  const request = repositoryRequest(inputs, { ...context, pullRequestBranch: pullRequestBranch(given) });
  for (const name of request.idle) context.log.notice(`The input ${name} has no say with mode: ${inputs.mode}.`);
  const targets = await verifyImages(given, inputs, context);
  const plan = planOf(inputs, context, targets);
  const { env, signal, log, mask } = context;
  const bumped = await publishEdit({
    ...request,
    github: { ...request.github, proxy: proxySettings(env) },
    paths: [inputs.path, inputs['flux-path']],
    edit: bumpEdit(plan),
    raise: async ahead => bumpEdit(await raisePlan(plan, ahead)),
    folder: (await context.privateFolder()).path,
    env,
    signal,
    onProgress: line => log.info(line),
    onNotice: notice => log.notice(notice),
    mask,
  });
  const outcome = outcomeOf(bumped, request.destination);
  report(bumped, outcome, context);
  return outputsOf(inputs, bumped, outcome);
}

function planOf(inputs: BumpInputs, { facts, log, signal }: ActionContext, targets: readonly Target[]): BumpPlan {
  const { record, 'tag-order': order, 'tag-pattern': pattern, 'tag-extract': extract } = inputs;
  const known = overlayFacts(facts, {
    'repository-url': inputs['source-repository'],
    'run-url': inputs['run-url'],
  });
  const revision = sourceCommit({ targets, record, given: inputs.revision, ci: known.commit });
  return {
    targets,
    path: inputs.path,
    fluxPath: inputs['flux-path'],
    pinDigest: inputs['pin-digest'],
    onOlder: inputs['on-older'],
    rule: ruleOf({ order, pattern, extract }),
    message: inputs.message,
    source: { revision, sourceRepository: known.repository, runUrl: known.runUrl },
    log,
    signal,
  };
}

function report(bumped: Bumped, { sentence }: Outcome, { log }: ActionContext): void {
  for (const { policy, previous, updated, superseded } of bumped.result) {
    const name = formatPolicyName(policy);
    if (superseded || previous.join() === updated) log.info(`${name} names ${updated} already.`);
    else log.info(`${name}: ${previous.join(', ')} → ${updated}`);
  }
  log.info(sentence);
}

function outputsOf(inputs: BumpInputs, bumped: Bumped, { changed, commit, branch, pullRequest }: Outcome): Outputs {
  const { result, files } = bumped;
  const superseded = result.some(change => change.superseded);
  return {
    changed: String(changed),
    superseded: String(superseded),
    commit,
    branch,
    files: files.join('\n'),
    previous: result
      .flatMap(({ policy, previous }) => previous.map(reference => `${formatPolicyName(policy)}=${reference}`))
      .join('\n'),
    updated: result.map(({ policy, updated }) => `${formatPolicyName(policy)}=${updated}`).join('\n'),
    'pull-request-number': pullRequest.number,
    'pull-request-url': pullRequest.url,
    record: recordOf(inputs, bumped, commit),
  };
}

/** Only of what is the record's: the policies whose image it tells. */
function recordOf(inputs: BumpInputs, { result, ...bumped }: Bumped, commit: string): string {
  const { record } = inputs;
  if (record === undefined || commit === '' || bumped.kind === 'local') return '';
  const own = new Set(
    resolveTargets(inputs).flatMap(({ policy, image }) => (isRecorded(image, record) ? [formatPolicyName(policy)] : [])),
  );
  const changes = result.filter(({ policy }) => own.has(formatPolicyName(policy)));
  const policies = changes.map(({ policy }) => formatPolicyName(policy));
  if (policies.length === 0) return '';
  const superseded = changes.some(change => change.superseded) ? { superseded: true as const } : {};
  return formatRecord({ ...record, gitops: { repository: bumped.url, branch: bumped.branch, commit, policies, ...superseded } });
}
