import {
  type ActionContext,
  clusterTarget,
  formatRecord,
  githubPlace,
  givenAccess,
  placeOf,
  type SummaryTable,
} from '@eks-gitops/action';
import { openCluster } from '@eks-gitops/cluster';
import { type Failed, type FluxSession, formatFluxName, type Reconciled, shortRevision } from '@eks-gitops/cluster/flux';
import { ActionError } from '@eks-gitops/errors';
import { proxySettings } from '@eks-gitops/http';
import type { ReconcileInputs } from './inputs.ts';
import { fluxNames, resolveTarget, type Target } from './target.ts';
import { type Walk, type Walked, walk } from './walk.ts';

interface Outputs {
  readonly revision: string;
  readonly commit: string;
  readonly tag: string;
  readonly superseded: string;
  readonly objects: string;
  readonly record: string;
}

/** Asks Flux for the revision, and waits until it is applied. */
export async function reconcile(inputs: ReconcileInputs, context: ActionContext): Promise<Outputs> {
  const target = resolveTarget(inputs);
  const request = { ...walkOf(inputs, target), contains: historyOf(inputs, context) };
  const { env, signal, log, mask } = context;
  const cluster = await openCluster({
    target: clusterTarget(inputs, context),
    env,
    signal,
    mask: secret => mask(secret),
    onNotice: notice => log.notice(notice),
  });
  const steps: Reconciled[] = [];
  const failures: Failed[] = [];
  try {
    const session: FluxSession = {
      cluster,
      requestedAt: context.now().toISOString(),
      deadline: new Date(context.now().getTime() + inputs.timeout),
      tolerance: inputs.tolerate,
      signal,
      onProgress: line => log.info(line),
      onReconciled: step => {
        steps.push(step);
        log.info(`${formatFluxName(step.object)}: ${shortRevision(step.revision)}, ${step.reason}, ${seconds(step)} s`);
      },
      onFailed: failed => failures.push(failed),
    };
    const walked = await walk(session, request);
    for (const { kustomization, superseded } of walked.applied) {
      if (superseded) log.notice(`${formatFluxName(kustomization)} has applied a later revision, which contains ours.`);
    }
    return outputsOf({ inputs, target, walked, steps });
  } finally {
    context.summarise(tableOf(steps, failures));
    await cluster.close();
  }
}

/** Throws INPUT_MISSING when nothing is named. */
function walkOf(inputs: ReconcileInputs, target: Target): Omit<Walk, 'contains'> {
  const { namespace } = inputs;
  const walk = {
    kustomizations: fluxNames('Kustomization', inputs.kustomization, namespace),
    helmReleases: fluxNames('HelmRelease', inputs['helm-release'], namespace),
    imageRepositories: fluxNames('ImageRepository', inputs['image-repository'], namespace),
    imagePolicies: fluxNames('ImagePolicy', inputs['image-policy'], namespace),
  };
  if (Object.values(walk).every(names => names.length === 0)) {
    throw new ActionError({
      code: 'INPUT_MISSING',
      message: 'Nothing is named that could be reconciled.',
      expected: 'kustomization, helm-release, image-repository or image-policy',
      found: 'none of them',
    });
  }
  return { ...walk, withSource: inputs['with-source'], force: inputs.force, reset: inputs.reset, target };
}

/** Fetches the history when it is first asked for. Nothing when no repository is given. Throws INPUT_MISSING, INPUT_INVALID for access by half. */
function historyOf(inputs: ReconcileInputs, context: ActionContext): Walk['contains'] {
  const { repository, timeout } = inputs;
  const access = givenAccess(inputs);
  if (repository === undefined) return undefined;
  const { env, signal, log, mask, workspace } = context;
  const open = async () => {
    const { openHistory } = await import('@eks-gitops/gitops/landing');
    return openHistory({
      place: placeOf(repository, workspace),
      access,
      github: { ...githubPlace(inputs, env), proxy: proxySettings(env) },
      deadline: new Date(context.now().getTime() + timeout),
      folder: (await context.privateFolder()).path,
      env,
      signal,
      onProgress: line => log.info(line),
      onNotice: notice => log.notice(notice),
      mask: secret => mask(secret),
    });
  };
  let opening: ReturnType<typeof open> | undefined;
  return async (later, earlier, within) => {
    opening ??= open();
    return (await opening).contains({ later, earlier }, within);
  };
}

/** What has failed comes last; in place of a reason it has the error's code. */
function tableOf(steps: readonly Reconciled[], failures: readonly Failed[]): SummaryTable {
  const rows = [
    ...steps.map(step => rowOf(step, shortRevision(step.revision), step.reason)),
    ...failures.map(failed => rowOf(failed, 'none', failed.error.code)),
  ];
  return { output: 'objects', head: ['kind', 'name', 'revision', 'reason', 'seconds'], rows };
}

function rowOf({ object: { kind, namespace, name }, ...step }: Reconciled | Failed, revision: string, reason: string): string[] {
  return [kind, `${namespace}/${name}`, revision, reason, seconds(step)];
}

function seconds(step: Pick<Reconciled, 'seconds'>): string {
  return step.seconds.toFixed(1);
}

interface Ended {
  readonly inputs: ReconcileInputs;
  readonly target: Target;
  readonly walked: Walked;
  /** The objects that were asked, in the order in which they ended. */
  readonly steps: readonly Reconciled[];
}

function outputsOf(ended: Ended): Outputs {
  const { applied, goal } = ended.walked;
  const [{ revision, commit } = { revision: '', commit: undefined }] = applied;
  const superseded = applied.some(one => one.superseded);
  return {
    revision,
    commit: commit ?? (goal.kind === 'commit' ? goal.commit : ''),
    tag: ended.target.image?.tag ?? '',
    superseded: String(superseded),
    objects: ended.steps
      .map(({ object, ...step }) => `${formatFluxName(object)} ${step.revision} ${step.reason} ${seconds(step)}`)
      .join('\n'),
    record: recordOf(ended, superseded),
  };
}

function recordOf({ inputs: { record }, walked: { applied }, steps }: Ended, superseded: boolean): string {
  if (record === undefined) return '';
  const revision = applied[0]?.revision;
  const releases = steps.flatMap(({ object }) => (object.kind === 'HelmRelease' ? [`${object.namespace}/${object.name}`] : []));
  return formatRecord({
    ...record,
    applied: {
      kustomizations: applied.map(({ kustomization: { namespace, name } }) => `${namespace}/${name}`),
      ...(releases.length === 0 ? {} : { helmReleases: releases }),
      ...(revision === undefined ? {} : { revision }),
      ...(superseded ? { superseded: true as const } : {}),
    },
  });
}
