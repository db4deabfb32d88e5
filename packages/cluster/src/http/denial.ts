import { ActionError } from '@eks-gitops/errors';
import type { ClusterOrigin } from '../origin.ts';
import type { ApiRequest, Right } from './request.ts';

export interface Denied {
  readonly request: Pick<ApiRequest, 'purpose' | 'right'>;
  readonly server: string;
  readonly origin: ClusterOrigin;
  /** The server's own words. */
  readonly words: string;
  /** Who AWS says that we are, where it was asked. */
  readonly principal?: string | undefined;
}

/** A 403: who may not do what where, with the RBAC rule and, on Amazon EKS, the access entry that would allow it. */
export function forbidden(denied: Denied): ActionError {
  const { right, purpose } = denied.request;
  const user = /User "([^"]+)" cannot/.exec(denied.words)?.[1];
  return new ActionError({
    code: 'CLUSTER_DENIED',
    message: `${user ?? 'This identity'} may not ${right.verbs[0]} ${describe(right)}: could not ${purpose}.`,
    found: 'HTTP 403 Forbidden',
    likely: 'no Role or ClusterRole that it is bound to has the rule that allows this',
    remedy: [rbacRemedy(right), ...accessEntry(denied, user ?? denied.principal)].join(' '),
    detail: denied.words === '' ? undefined : denied.words,
  });
}

/** A 401: who we were, and what makes the cluster know that identity. */
export function unauthenticated(denied: Denied): ActionError {
  return new ActionError({
    code: 'CLUSTER_DENIED',
    message: `The Kubernetes API server ${denied.server} did not accept the credentials: could not ${denied.request.purpose}.`,
    found: 'HTTP 401 Unauthorized',
    ...explainUnauthenticated(denied),
    detail: denied.words === '' ? undefined : denied.words,
  });
}

function explainUnauthenticated(denied: Denied): { likely: string; remedy: string } {
  const { origin, principal } = denied;
  switch (origin.kind) {
    case 'eks':
      return {
        likely: `no access entry of the cluster ${origin.name}, and no line of its aws-auth ConfigMap, names ${principal ?? 'the identity of these AWS credentials'}`,
        remedy: accessEntry(denied, principal).join(' '),
      };
    case 'kubeconfig':
      return {
        likely: `the token or certificate of the user ${origin.user} in ${origin.place} has expired, or is that of another cluster`,
        remedy: 'Sign in to the cluster again, or correct the kubeconfig or its context.',
      };
    case 'in-cluster':
      return {
        likely: "the service account of this pod was deleted, or its token was not made for this cluster's API server",
        remedy: 'Start the pod again, with a service account that exists.',
      };
  }
}

/** `deployments.apps "ui" in the namespace shop`. */
function describe({ group, resource, namespace, name }: Right): string {
  const [plain = '', ...subresource] = resource.split('/');
  const full = [group === '' ? plain : `${plain}.${group}`, ...subresource].join('/');
  const place = namespace === undefined ? 'in the whole cluster' : `in the namespace ${namespace}`;
  return [full, ...(name === undefined ? [] : [`"${name}"`]), place].join(' ');
}

function rbacRemedy({ verbs, group, resource, namespace }: Right): string {
  const list = (items: readonly string[]): string => `[${items.map(item => JSON.stringify(item)).join(', ')}]`;
  const rule = `{"apiGroups": ${list([group])}, "resources": ${list([resource])}, "verbs": ${list(verbs)}}`;
  const role = namespace === undefined ? 'a ClusterRole' : `a Role in the namespace ${namespace}`;
  return `Bind it to ${role} with the rule ${rule}.`;
}

const group = 'eks-gitops';

/** The commands that make an EKS cluster know the identity; none where nothing speaks of EKS. */
function accessEntry({ request, origin, server }: Denied, identity: string | undefined): string[] {
  const principal = roleOf(identity);
  if (origin.kind !== 'eks' && principal === undefined && !/\.eks\.amazonaws\.com(?:\.cn)?(?:[:/]|$)/.test(server)) return [];
  const place = origin.kind === 'eks' ? `--cluster-name ${origin.name} --region ${origin.region}` : '--cluster-name NAME';
  const who = `${place} --principal-arn ${principal ?? 'ROLE_ARN'}`;
  const { right } = request;
  const entry = `On Amazon EKS: aws eks create-access-entry ${who} --kubernetes-groups ${group} (update-access-entry where there is one), and bind the group ${group} to that rule`;
  const policy = policyFor(right);
  if (policy === undefined) return [`${entry}.`];
  const scope = right.namespace === undefined ? 'type=cluster' : `type=namespace,namespaces=${right.namespace}`;
  const partition = /^arn:(aws[\w-]*):/.exec(principal ?? '')?.[1] ?? 'aws';
  const arn = `arn:${partition}:eks::aws:cluster-access-policy/${policy}`;
  return [`${entry}; or without a rule: aws eks associate-access-policy ${who} --policy-arn ${arn} --access-scope ${scope}.`];
}

/** Roles, not sessions of them, have access entries; a role's path does not show in its sessions and has to be put in by hand. */
function roleOf(identity: string | undefined): string | undefined {
  const session = /^arn:(aws[\w-]*):sts::(\d+):assumed-role\/([^/]+)\//.exec(identity ?? '');
  if (session) return `arn:${session[1]}:iam::${session[2]}:role/${session[3]}`;
  return identity?.startsWith('arn:aws') ? identity : undefined;
}

/** The access policy that holds a right (Amazon EKS user guide, "Review access policy permissions"): none holds those of custom resources. */
function policyFor({ verbs, group: apiGroup, resource }: Right): string | undefined {
  if (!['', 'apps', 'autoscaling', 'batch', 'networking.k8s.io', 'policy'].includes(apiGroup)) return undefined;
  if (resource === 'nodes') return 'AmazonEKSAdminViewPolicy';
  return verbs.includes('patch') ? 'AmazonEKSEditPolicy' : 'AmazonEKSViewPolicy';
}
