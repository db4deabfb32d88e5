import { expect, test } from '@jest/globals';
import { knownResource } from './kinds.ts';
import { collectionPath, objectPath, podLogPath, selectors, versionPath, withQuery } from './path.ts';

test.each([
  ['v1', '/api/v1'],
  ['apps/v1', '/apis/apps/v1'],
  ['kustomize.toolkit.fluxcd.io/v1', '/apis/kustomize.toolkit.fluxcd.io/v1'],
])('%s is at %s', (apiVersion, path) => {
  expect(versionPath(apiVersion)).toBe(path);
});

test('objects are in a namespace, in all, or in none', () => {
  const name = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'ui' };
  expect(objectPath(name, 'deployments')).toBe('/apis/apps/v1/namespaces/shop/deployments/ui');
  expect(objectPath(name, 'deployments', 'status')).toBe('/apis/apps/v1/namespaces/shop/deployments/ui/status');
  expect(collectionPath({ apiVersion: 'v1' }, 'pods')).toBe('/api/v1/pods');
  expect(objectPath({ apiVersion: 'v1', kind: 'Node', name: 'n' }, 'nodes')).toBe('/api/v1/nodes/n');
});

test('a name cannot lead to another path', () => {
  const name = { apiVersion: 'v1', kind: 'Pod', namespace: 'a/../b', name: '../secrets/x?watch=1' };
  expect(objectPath(name, 'pods')).toBe('/api/v1/namespaces/a%2F..%2Fb/pods/..%2Fsecrets%2Fx%3Fwatch%3D1');
});

test('a name is one field more', () => {
  const kind = { apiVersion: 'v1', kind: 'Event' };
  expect(selectors(kind)).toEqual({});
  expect(selectors({ ...kind, name: 'ui', fieldSelector: 'type=Warning', labelSelector: 'a in (b,c)' })).toEqual({
    fieldSelector: 'metadata.name=ui,type=Warning',
    labelSelector: 'a in (b,c)',
  });
  expect(withQuery('/x', { a: 'b=c,d', e: 'f g' })).toBe('/x?a=b%3Dc%2Cd&e=f+g');
  expect(withQuery('/x', {})).toBe('/x');
});

test('a log is of a container, its last lines, perhaps of the run before', () => {
  const request = { namespace: 'shop', name: 'ui-1', container: 'ui', tailLines: 20 };
  expect(podLogPath(request)).toBe('/api/v1/namespaces/shop/pods/ui-1/log?container=ui&tailLines=20');
  expect(podLogPath({ ...request, previous: true })).toMatch(/&previous=true$/);
});

test.each([
  ['image.toolkit.fluxcd.io/v1', 'ImagePolicy', 'imagepolicies'],
  ['image.toolkit.fluxcd.io/v1beta2', 'ImageRepository', 'imagerepositories'],
  ['source.toolkit.fluxcd.io/v1', 'OCIRepository', 'ocirepositories'],
  ['networking.k8s.io/v1', 'IngressClass', 'ingressclasses'],
  ['v1', 'Endpoints', 'endpoints'],
  ['apps/v1', 'Pod', undefined],
  ['example.com/v1', 'Deployment', undefined],
])('%s %s is the resource %s', (apiVersion, kind, resource) => {
  expect(knownResource({ apiVersion, kind })).toBe(resource);
});
