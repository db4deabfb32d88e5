import { expect, test } from '@jest/globals';
import { chartOf, sourceOf } from './fetch-chart.ts';
import { readFluxObject } from './flux-object.ts';

const release = { kind: 'HelmRelease', namespace: 'shop', name: 'ui' } as const;
const chart = { kind: 'HelmChart', namespace: 'charts', name: 'ui' } as const;
const made = { kind: 'HelmChart', namespace: 'flux-system', name: 'shop-ui' } as const;
const read = (spec: object, status: object = {}) => readFluxObject({ metadata: release, spec, status }, release);
const template = (sourceRef: object): object => ({ chart: { spec: { chart: './chart', sourceRef } } });
const git = { kind: 'GitRepository', name: 'gitops' };
const helmChart = readFluxObject(
  { metadata: chart, spec: { chart: 'ui', sourceRef: { kind: 'HelmRepository', name: 'all' } } },
  chart,
);

test.each([
  ['of a template', read(template(git)), undefined, { ...git, namespace: 'shop' }],
  ['in another namespace', read(template({ ...git, namespace: 'other' })), undefined, { ...git, namespace: 'other' }],
  ['that was made', read(template(git), { helmChart: 'flux-system/shop-ui' }), made, { ...git, namespace: 'shop' }],
  [
    'of an OCI artifact',
    read({ chartRef: { kind: 'OCIRepository', name: 'ui' } }),
    undefined,
    { kind: 'OCIRepository', namespace: 'shop', name: 'ui' },
  ],
  ['that Flux does not fetch', read({ chartRef: { kind: 'ExternalArtifact', name: 'ui' } }), undefined, undefined],
])('the chart %s and its source are known', (_, object, expected, source) => {
  expect(chartOf(object, release)).toEqual(expected);
  expect(sourceOf(object, release, undefined)).toEqual(source);
});

test('a HelmChart that the release names has a source of its own', () => {
  const object = read({ chartRef: { ...chart } });
  expect(chartOf(object, release)).toEqual(chart);
  expect(sourceOf(object, release, helmChart)).toEqual({ kind: 'HelmRepository', namespace: 'charts', name: 'all' });
});
