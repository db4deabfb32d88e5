import { expect, test } from '@jest/globals';
import type { ClusterOrigin } from '../origin.ts';
import { type Denied, forbidden, unauthenticated } from './denial.ts';

const endpoint = { isPublic: true, allowedRanges: [] };
const eks: ClusterOrigin = { kind: 'eks', name: 'demo', region: 'us-west-2', endpoint, principal: async () => undefined };
const kubeconfig: ClusterOrigin = { kind: 'kubeconfig', place: '/k', context: 'c', user: 'u' };
const session = 'arn:aws:sts::123456789012:assumed-role/ci/run-7';

const denied = (more: Partial<Denied> & { right: Denied['request']['right'] }): Denied => ({
  request: { purpose: 'do it', right: more.right },
  server: 'https://k8s.example.com',
  origin: kubeconfig,
  words: '',
  ...more,
});

test('a 403 on Amazon EKS names the role behind the session, the rule and the access entry', () => {
  const words = `deployments.apps "ui" is forbidden: User "${session}" cannot get resource "deployments" in API group "apps"`;
  const right = { verbs: ['get'], group: 'apps', resource: 'deployments', namespace: 'shop', name: 'ui' } as const;
  const error = forbidden(denied({ right, origin: eks, words }));
  expect(error.failure).toEqual({
    code: 'CLUSTER_DENIED',
    message: `${session} may not get deployments.apps "ui" in the namespace shop: could not do it.`,
    found: 'HTTP 403 Forbidden',
    likely: 'no Role or ClusterRole that it is bound to has the rule that allows this',
    remedy: [
      'Bind it to a Role in the namespace shop with the rule {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get"]}.',
      'On Amazon EKS: aws eks create-access-entry --cluster-name demo --region us-west-2 --principal-arn arn:aws:iam::123456789012:role/ci --kubernetes-groups eks-gitops (update-access-entry where there is one), and bind the group eks-gitops to that rule; or without a rule: aws eks associate-access-policy --cluster-name demo --region us-west-2 --principal-arn arn:aws:iam::123456789012:role/ci --policy-arn arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy --access-scope type=namespace,namespaces=shop.',
    ].join(' '),
    detail: words,
  });
});

test("no access policy is offered for Flux's objects, since none holds their rights", () => {
  const right = {
    verbs: ['patch'],
    group: 'kustomize.toolkit.fluxcd.io',
    resource: 'kustomizations',
    namespace: 'flux-system',
  } as const;
  const { remedy } = forbidden(denied({ right, origin: eks })).failure;
  expect(remedy).toContain('"resources": ["kustomizations"], "verbs": ["patch"]');
  expect(remedy).toContain('--principal-arn ROLE_ARN --kubernetes-groups');
  expect(remedy).not.toContain('associate-access-policy');
});

test.each([
  [{ verbs: ['list'], group: '', resource: 'nodes' }, 'AmazonEKSAdminViewPolicy --access-scope type=cluster.'],
  [
    { verbs: ['get'], group: '', resource: 'pods/log', namespace: 'a' },
    'AmazonEKSViewPolicy --access-scope type=namespace,namespaces=a.',
  ],
  [{ verbs: ['patch'], group: 'apps', resource: 'deployments', namespace: 'a' }, 'AmazonEKSEditPolicy'],
] as const)('%j is in the policy %s', (right, policy) => {
  expect(forbidden(denied({ right, origin: eks })).failure.remedy).toContain(policy);
});

test('elsewhere nothing is said of Amazon EKS, unless the server or the user is of it', () => {
  const right = { verbs: ['get'], group: '', resource: 'pods/log', name: 'ui' } as const;
  const error = forbidden(denied({ right }));
  expect(error.message).toBe('This identity may not get pods/log "ui" in the whole cluster: could not do it.');
  expect(error.failure.remedy).toBe(
    'Bind it to a ClusterRole with the rule {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]}.',
  );
  const server = 'https://ABC.gr7.us-west-2.eks.amazonaws.com';
  expect(forbidden(denied({ right, server })).failure.remedy).toContain('aws eks create-access-entry --cluster-name NAME');
  const words = `User "${session}" cannot get`;
  expect(forbidden(denied({ right, words })).failure.remedy).toContain('--principal-arn arn:aws:iam::123456789012:role/ci ');
  const chinese = words.replace('arn:aws:', 'arn:aws-cn:');
  expect(forbidden(denied({ right, words: chinese })).failure.remedy).toContain('arn:aws-cn:eks::aws:cluster-access-policy/');
});

test.each([
  [eks, session, `no access entry of the cluster demo, and no line of its aws-auth ConfigMap, names ${session}`],
  [kubeconfig, undefined, 'the token or certificate of the user u in /k has expired'],
  [{ kind: 'in-cluster' } as const, undefined, 'the service account of this pod was deleted'],
])('a 401 says who we were, and what makes us known: %j', (origin, principal, likely) => {
  const right = { verbs: ['get'], group: '', resource: 'pods' } as const;
  const { failure } = unauthenticated(denied({ right, origin, principal }));
  expect(failure.found).toBe('HTTP 401 Unauthorized');
  expect(failure.likely).toContain(likely);
  expect(failure.remedy).toBeDefined();
});
