import type { Selection } from '@eks-gitops/cluster/flux';
import { expect, test } from '@jest/globals';
import { explainSelection } from './explain-selection.ts';

const ours = 'i20261123101730-ac8730e8';
const newer = 'i20261123101740-0f0f0f0f';
const usual: Selection = {
  tag: ours,
  selected: newer,
  policy: { kind: 'ImagePolicy', namespace: 'flux-system', name: 'ui' },
  filterTags: { pattern: '^i\\d{14}-[0-9a-f]{8}$', extract: '' },
  order: { alphabetical: { order: 'asc' } },
  exclusionList: ['^build-'],
  scan: { tagCount: 2, latestTags: [newer, ours] },
};

test.each<[string, Partial<Selection>]>([
  ['the exclusionList of the ImageRepository leaves build-1 out, by ^build-', { tag: 'build-1' }],
  ['its filterTags.pattern ^i\\d{14}-[0-9a-f]{8}$ leaves latest out', { tag: 'latest' }],
  [
    'the ImagePolicy flux-system/ui orders by the versions of >=1.0.0, which leaves 0.9.0 out',
    { tag: '0.9.0', filterTags: undefined, order: { semver: { range: '>=1.0.0' } } },
  ],
  [
    `the scan of 1 tags did not hold ${ours}: it is not pushed, or to another repository`,
    { scan: { tagCount: 1, latestTags: [newer] } },
  ],
  [`the ImagePolicy flux-system/ui orders by alphabetical order, ascending, by which ${newer} is the newer one`, {}],
  [
    `the ImagePolicy flux-system/ui orders by numerical order, descending, by which 1 is the newer one`,
    {
      tag: '2',
      selected: '1',
      filterTags: undefined,
      order: { numerical: { order: 'DESC' } },
      scan: { tagCount: 2, latestTags: ['2', '1'] },
    },
  ],
  [
    `the scan did not hold ${newer}, or the policy holds both equal`,
    { tag: newer, selected: ours, scan: { tagCount: 99, latestTags: ['z'] } },
  ],
])('%s', (why, more) => {
  expect(explainSelection({ ...usual, ...more })).toBe(why);
});
