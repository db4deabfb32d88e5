import { fileURLToPath } from 'node:url';
import {
  type BareRepository,
  type Cluster,
  type Ecr,
  readFiles,
  startCluster,
  startFlux,
  startGitServer,
  startLoadBalancer,
} from '@eks-gitops/testbed';

const sample = fileURLToPath(new URL('../workflows-examples/gitops', import.meta.url));
export const gitopsLogin = { username: 'x-access-token', password: 'the-lab-gitops-token' };

/** A cluster with Flux, a load balancer's part, and the GitOps repository that Flux applies. */
export interface LabCluster {
  readonly cluster: Cluster;
  readonly repository: BareRepository & { readonly url: string };
  readonly stop: () => Promise<void>;
}

/** Starts all of it, and tells Flux what a bootstrap would: the repository, and its folder clusters/lab. */
export async function startLabCluster(ecr: Ecr): Promise<LabCluster> {
  const parts: { stop: () => Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    for (const part of parts.toReversed()) await part.stop();
  };
  try {
    const [cluster, gitops] = await Promise.all([startCluster(), startGitServer({ login: gitopsLogin })]);
    parts.push(cluster, gitops);
    parts.push(...(await Promise.all([startFlux({ cluster, env: ecr.env }), startLoadBalancer({ cluster })])));
    const repository = await gitops.createRepository('gitops.git', await readFiles(sample));
    await cluster.api.apply(bootstrap(repository.url));
    await cluster.api.waitFor(apps, { until: () => true });
    return { cluster, repository, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What clusters/lab holds. */
const apps = {
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
  metadata: { name: 'apps', namespace: 'flux-system' },
};

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
