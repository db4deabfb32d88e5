import { ActionError, type ErrorCode, type Failure } from '@eks-gitops/errors';
import type { Condition } from './flux-object.ts';
import { controllerOf, type FluxKind, type FluxName, formatFluxName } from './kinds.ts';

/** How the flux command names a kind. */
const commandKinds: Readonly<Record<FluxKind, string>> = {
  GitRepository: 'source git',
  OCIRepository: 'source oci',
  Bucket: 'source bucket',
  HelmRepository: 'source helm',
  HelmChart: 'source chart',
  Kustomization: 'kustomization',
  HelmRelease: 'helmrelease',
  ImageRepository: 'image repository',
  ImagePolicy: 'image policy',
  ImageUpdateAutomation: 'image update',
};

export function suspendedError(name: FluxName): ActionError {
  return new ActionError({
    code: 'RECONCILIATION_SUSPENDED',
    message: `${formatFluxName(name)} is suspended: Flux does nothing with it.`,
    expected: 'spec.suspend to be false',
    found: 'true',
    remedy: `flux resume ${commandKinds[name.kind]} ${name.name} -n ${name.namespace}, and remove suspend from its manifest in git`,
  });
}

type Words = Pick<Failure, 'message' | 'likely' | 'remedy'> & { readonly code: ErrorCode };

/** What Ready=False or Stalled=True means to the user; the condition's own message is kept, with that of another condition beside it. */
export function conditionError(name: FluxName, condition: Condition, beside: Condition = condition): ActionError {
  const unhealthy = condition.reason === 'HealthCheckFailed' ? unhealthyObjects(condition.message) : [];
  return new ActionError({
    ...wordsOf(name, condition),
    found: unhealthy.length > 0 ? unhealthy.join(', ') : condition.reason,
    detail: [...new Set([condition.message, beside.message])].join('\n'),
  });
}

function wordsOf(name: FluxName, { type, reason }: Condition): Words {
  const object = formatFluxName(name);
  if (type === 'Stalled') {
    const remedy = 'change the object as the message says; Flux does not try again before that';
    return { code: 'RECONCILIATION_STALLED', message: `${object} is stalled: ${reason}.`, remedy };
  }
  if (reason === 'HealthCheckFailed') {
    return { code: 'HEALTH_CHECK_FAILED', message: `${object} was applied, and its objects did not become healthy.` };
  }
  if (reason === 'BuildFailed') {
    const remedy = `build it locally: flux build kustomization ${name.name} -n ${name.namespace} --path FOLDER`;
    return { code: 'RECONCILIATION_FAILED', message: `The manifests of ${object} cannot be built.`, remedy };
  }
  if (sourceKinds.has(name.kind) || reason === 'ArtifactFailed') {
    const likely = `the address, branch${name.kind === 'Kustomization' ? ', path' : ''} or credentials of the source are wrong, or its server is away`;
    return { code: 'SOURCE_FAILED', message: `${object} has no new artifact: ${reason}.`, likely };
  }
  const remedy = `see the log of ${controllerOf(name.kind)}`;
  return { code: 'RECONCILIATION_FAILED', message: `${object} could not be reconciled: ${reason}.`, remedy };
}

const sourceKinds: ReadonlySet<FluxKind> = new Set([
  'GitRepository',
  'OCIRepository',
  'Bucket',
  'HelmRepository',
  'HelmChart',
  'ImageRepository',
]);

/**
 * `Deployment/shop/ui` of `… timeout waiting for: [Deployment/shop/ui status: 'InProgress']`.
 * Source: fluxcd/pkg, ssa/manager_wait.go.
 */
export function unhealthyObjects(message: string): readonly string[] {
  const [, list = ''] = /(?:timeout waiting for|stalled resources): \[(.*)\]/s.exec(message) ?? [];
  return [...list.matchAll(/([A-Z]\w*\/[\w.-]+(?:\/[\w.:-]+)?) status: '(\w+)'/g)].map(
    ([, object, status]) => `${object} (${status})`,
  );
}
