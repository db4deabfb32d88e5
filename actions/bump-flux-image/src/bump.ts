import { type ActionContext, formatRecord, overlayFacts, repositoryRequest } from '@eks-gitops/action';
import { formatPolicyName } from '@eks-gitops/gitops';
import { type Outcome, outcomeOf, type Publication, publishEdit } from '@eks-gitops/gitops/landing';
import { proxySettings } from '@eks-gitops/images/registry';
import { type BumpPlan, bumpEdit, type PolicyChange } from './edit.ts';
import type { BumpInputs } from './inputs.ts';
import { pullRequestBranch } from './pull-request-branch.ts';
import { ruleOf } from './tag-order.ts';
import { resolveTargets, type Target } from './target.ts';
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
  const targets = await verifyImages(given, inputs, context);
  const { env, signal, log, mask } = context;
  const bumped = await publishEdit({
    ...request,
    github: { ...request.github, proxy: proxySettings(env) },
    paths: [inputs.path, inputs['flux-path']],
    edit: bumpEdit(planOf(inputs, context, targets)),
    isSuperseded: changes => changes.some(({ superseded }) => superseded),
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
    revision: inputs.revision ?? record?.revision,
    'repository-url': inputs['source-repository'],
    'run-url': inputs['run-url'],
  });
  return {
    targets,
    path: inputs.path,
    fluxPath: inputs['flux-path'],
    pinDigest: inputs['pin-digest'],
    onOlder: inputs['on-older'],
    rule: ruleOf({ order, pattern, extract }),
    message: inputs.message,
    source: { revision: known.commit, sourceRepository: known.repository, runUrl: known.runUrl },
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
    record: recordOf(inputs, { bumped, commit, superseded }),
  };
}

interface Recorded {
  readonly bumped: Bumped;
  readonly commit: string;
  readonly superseded: boolean;
}

function recordOf({ record }: BumpInputs, { bumped, commit, superseded }: Recorded): string {
  if (record === undefined || commit === '' || bumped.kind === 'local') return '';
  const { url: repository, branch, result } = bumped;
  const policies = result.map(({ policy }) => formatPolicyName(policy));
  return formatRecord({
    ...record,
    gitops: { repository, branch, commit, policies, ...(superseded ? { superseded: true as const } : {}) },
  });
}
