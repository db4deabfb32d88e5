import { expect, test } from '@jest/globals';
import { parseTagOrder } from './tag-order.ts';

test.each([
  ['alphabetical', { kind: 'alphabetical', order: 'asc' }],
  ['numerical DESC', { kind: 'numerical', order: 'desc' }],
  ['semver >=1.0.0 <2.0.0', { kind: 'semver', range: '>=1.0.0 <2.0.0' }],
  [' semver: ^1', { kind: 'semver', range: '^1' }],
])('%j is an order', (text, order) => {
  expect(parseTagOrder(text)).toEqual(order);
});

test.each(['', 'semver', 'random', 'alphabetical up', 'numerical asc desc'])('%j is no order', text => {
  expect(() => parseTagOrder(text)).toThrow('is no order of tags');
});
