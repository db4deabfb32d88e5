import { describe, expect } from '@jest/globals';
import { testNeeding } from '../needs.ts';
import { startControlPlane } from './control-plane.ts';
import { startImageAutomation } from './image-automation.ts';

const test = await testNeeding('etcd', 'kube-apiserver');
const controllerTest = await testNeeding('etcd', 'kube-apiserver', 'image-automation-controller');

const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'shop' } };
const manifests = `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
# nothing
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: shop }
data: { colour: red }
`;

describe('a control plane', () => {
  test('keeps objects apart from those of another beside it, and is gone when it is stopped', async () => {
    const planes = await Promise.all([startControlPlane(), startControlPlane()]);
    const [one, other] = planes;
    await one.api.apply(manifests);
    await one.api.apply(manifests.replace('red', 'green'));
    expect(await one.api.get(settings)).toMatchObject({ data: { colour: 'green' } });
    await one.api.patch(settings, { data: { colour: null, size: 'small' } });
    expect(await one.api.get(settings)).toMatchObject({ data: { size: 'small' } });
    await expect(other.api.get(settings)).rejects.toThrow('404');
    await Promise.all(planes.map(plane => plane.stop()));
    await expect(one.api.get(settings)).rejects.toThrow('ECONNREFUSED');
  }, 240_000);

  test('refuses in its own words, and says so of a kind that it does not know', async () => {
    const plane = await startControlPlane();
    await expect(plane.api.apply(manifests.replace('name: settings', 'name: Settings'))).rejects.toThrow('lowercase RFC 1123');
    await expect(plane.api.get({ ...settings, kind: 'Ingress' })).rejects.toThrow('knows no Ingress in v1');
    await plane.stop();
  }, 240_000);
});

controllerTest(
  'the image-automation-controller says of an automation what it lacks',
  async () => {
    const controlPlane = await startControlPlane();
    const controller = await startImageAutomation({ controlPlane });
    const name = { name: 'ui', namespace: 'default' };
    const automation = { apiVersion: 'image.toolkit.fluxcd.io/v1', kind: 'ImageUpdateAutomation', metadata: name };
    const spec = {
      interval: '1h',
      sourceRef: { kind: 'GitRepository', name: 'missing' },
      git: { commit: { author: { email: 'a@b' } } },
    };
    await controlPlane.api.apply(JSON.stringify({ ...automation, spec }));
    const until = (found: unknown): boolean => JSON.stringify(found).includes('referenced git repository does not exist');
    await controlPlane.api.waitFor(automation, { until });
    await controller.stop();
    await controlPlane.stop();
  },
  240_000,
);
