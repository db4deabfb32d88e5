import { expect, test } from '@jest/globals';
import type { ServiceModel } from './service-model.ts';
import { shapeFaults } from './shape-faults.ts';

const structure = { type: 'structure' as const, required: [], union: false, exception: false };
const model: Pick<ServiceModel, 'shapes'> = {
  shapes: {
    Build: {
      ...structure,
      required: ['id'],
      members: {
        id: { shape: 'Id' },
        phases: { shape: 'Phases' },
        ended: { shape: 'Time' },
        env: { shape: 'Env' },
        kind: { shape: 'Kind' },
      },
    },
    Id: { type: 'string', min: 1, max: 4, pattern: '[a-z]+' },
    Phases: { type: 'list', member: { shape: 'Count' }, max: 2 },
    Count: { type: 'integer', min: 0 },
    Time: { type: 'timestamp' },
    Env: { type: 'map', key: { shape: 'Id' }, value: { shape: 'Flag' } },
    Flag: { type: 'boolean' },
    Kind: { ...structure, union: true, members: { a: { shape: 'Flag' }, b: { shape: 'Flag' } } },
  },
};

test('what is as the shape says has no faults', () => {
  const value = { id: 'abc', phases: [0, 1], ended: new Date(0), env: { x: true }, kind: { a: false } };
  expect(shapeFaults({ model, shape: 'Build', value })).toEqual([]);
});

test.each<[object, string]>([
  [{}, 'Build.id is missing'],
  [{ id: undefined }, 'Build.id is missing'],
  [{ id: 'abc', more: 1 }, 'Build.more is not known'],
  [{ id: '' }, 'Build.id is under 1: 0'],
  [{ id: 'abcde' }, 'Build.id is over 4: 5'],
  [{ id: 'A' }, 'Build.id is not [a-z]+: A'],
  [{ id: 'a', phases: [1, -1] }, 'Build.phases[1] is under 0: -1'],
  [{ id: 'a', phases: [1, 2, 3] }, 'Build.phases is over 2: 3'],
  [{ id: 'a', phases: [1.5] }, 'Build.phases[0] is not a whole number'],
  [{ id: 'a', ended: 0 }, 'Build.ended is not a date'],
  [{ id: 'a', env: { x: 'true' } }, 'Build.env.x is not a boolean'],
  [{ id: 'a', env: { X: true } }, 'Build.env key X is not [a-z]+: X'],
  [{ id: 'a', kind: { a: true, b: true } }, 'Build.kind has 2 members, not one'],
])('%j has a fault', (value, fault) => {
  expect(shapeFaults({ model, shape: 'Build', value })).toContain(fault);
});
