import { startGitServer } from '../git/git-server.ts';
import { testNeeding } from '../needs.ts';
import { startControlPlane } from './control-plane.ts';
import { startFlux } from './start-flux.ts';

const test = await testNeeding('etcd', 'kube-apiserver', 'source-controller', 'helm-controller');

const chart = 'apiVersion: v2\nname: shop\nversion: 1.0.0\n';
const settings = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { colour: {{ .Values.colour }} }\n';

function release(git: string): string {
  return `
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: charts, namespace: flux-system }
spec: { interval: 1m, url: ${git}, ref: { branch: main } }
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: shop, namespace: flux-system }
spec:
  interval: 1m
  chart: { spec: { chart: shop, sourceRef: { kind: GitRepository, name: charts } } }
  values: { colour: red }
`;
}

test('the helm-controller releases a chart of a git repository', async () => {
  const controlPlane = await startControlPlane();
  const git = await startGitServer();
  const files = { 'shop/Chart.yaml': chart, 'shop/templates/settings.yaml': settings };
  const repository = await git.createRepository('charts.git', files);
  const flux = await startFlux({ cluster: controlPlane, components: ['source-controller', 'helm-controller'] });
  await controlPlane.api.apply(release(repository.url));
  const released = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'flux-system' } };
  await controlPlane.api.waitFor(released, { until: found => JSON.stringify(found).includes('"colour":"red"') });
  await Promise.all([flux.stop(), git.stop(), controlPlane.stop()]);
}, 240_000);
