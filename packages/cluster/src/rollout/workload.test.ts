import { expect, test } from '@jest/globals';
import { formatSelector } from './selector.ts';
import { formatWorkload, parseWorkload } from './workload.ts';

test.each([
  ['ui', { kind: 'Deployment', name: 'ui' }],
  ['deploy/ui', { kind: 'Deployment', name: 'ui' }],
  ['Deployment.apps/ui', { kind: 'Deployment', name: 'ui' }],
  ['statefulsets/db', { kind: 'StatefulSet', name: 'db' }],
  ['ds/agent', { kind: 'DaemonSet', name: 'agent' }],
] as const)('%s', (text, expected) => {
  expect(parseWorkload(text)).toEqual(expected);
});

test.each(['', 'pod/ui', 'Ui', 'deployment/', 'deployment/ui/x', '--all', 'constructor/ui'])('%j names no workload', text => {
  expect(() => parseWorkload(text)).toThrow();
});

test('a workload is told as kubectl names it', () => {
  expect(formatWorkload({ kind: 'StatefulSet', namespace: 'shop', name: 'db' })).toBe('shop/statefulset/db');
});

test('a selector is written as queries take it', () => {
  const matchExpressions = [
    { key: 'tier', operator: 'In', values: ['web', 'api'] },
    { key: 'env', operator: 'NotIn', values: ['test'] },
    { key: 'live', operator: 'Exists', values: [] },
    { key: 'old', operator: 'DoesNotExist', values: [] },
  ];
  expect(formatSelector({ matchLabels: { app: 'ui', part: 'a' }, matchExpressions })).toBe(
    'app=ui,part=a,tier in (web,api),env notin (test),live,!old',
  );
});
