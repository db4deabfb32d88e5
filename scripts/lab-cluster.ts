import { fileURLToPath } from 'node:url';
import {
  awsAccount,
  type BareRepository,
  type Ecr,
  type Eks,
  readFiles,
  startEks,
  startFlux,
  startGitServer,
  startLoadBalancer,
} from '@eks-gitops/testbed';

const sample = fileURLToPath(new URL('../workflows-examples/gitops', import.meta.url));
export const gitopsLogin = { username: 'x-access-token', password: 'the-lab-gitops-token' };

/** An EKS cluster with Flux, a load balancer's part, and the GitOps repository that Flux applies. */
export interface LabCluster {
  /** By which Amazon EKS knows it. */
  readonly name: string;
  readonly eks: Eks;
  readonly repository: BareRepository & { readonly url: string };
  readonly stop: () => Promise<void>;
}

/** Of everybody's credentials here: an access entry with a group alone, whose rights are those that the GitOps repository grants. */
const ci = {
  accessKeyId: 'testing',
  secretAccessKey: 'testing',
  username: `arn:aws:sts::${awsAccount}:assumed-role/ci/lab`,
  groups: ['ci'],
};

/** Starts all of it, and tells Flux what a bootstrap would: the repository, and its folder clusters/lab. */
export async function startLabCluster(ecr: Ecr): Promise<LabCluster> {
  const parts: { stop: () => Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    for (const part of parts.toReversed()) await part.stop();
  };
  try {
    const name = 'lab';
    const [eks, gitops] = await Promise.all([startEks({ name, entries: [ci] }), startGitServer({ login: gitopsLogin })]);
    parts.push(eks, gitops);
    const { cluster } = eks;
    parts.push(...(await Promise.all([startFlux({ cluster, env: ecr.env }), startLoadBalancer({ cluster })])));
    const repository = await gitops.createRepository('gitops.git', await readFiles(sample));
    await cluster.api.apply(bootstrap(repository.url));
    for (const object of applied) await cluster.api.waitFor(object, { until: () => true });
    return { name, eks, repository, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What clusters/lab holds, as far as the first step needs it. */
const applied = [
  {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: 'apps', namespace: 'flux-system' },
  },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'ci', namespace: 'flux-system' } },
];

function bootstrap(url: string): string {
  const { username, password } = gitopsLogin;
  return `
apiVersion: v1
kind: Secret
metadata: { name: flux-system, namespace: flux-system }
stringData: { username: ${username}, password: ${password} }
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: flux-system, namespace: flux-system }
spec: { interval: 1m, url: ${url}, ref: { branch: main }, secretRef: { name: flux-system } }
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: flux-system, namespace: flux-system }
spec: { interval: 10m, path: ./clusters/lab, prune: true, sourceRef: { kind: GitRepository, name: flux-system } }
`;
}
