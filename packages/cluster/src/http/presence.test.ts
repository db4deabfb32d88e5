import { ActionError } from '@eks-gitops/errors';
import { expect, test } from '@jest/globals';
import { trackPresence } from './presence.ts';

test('a short absence is not told, a long one once, and its end', () => {
  const told: string[] = [];
  let now = 0;
  const presence = trackPresence({
    server: 'https://k8s',
    onNotice: notice => told.push(notice),
    patience: 5_000,
    now: () => now,
  });
  const failure = new ActionError({ code: 'CLUSTER_UNREACHABLE', message: 'x', found: 'ECONNREFUSED' });
  const at = (time: number, step: () => void): void => {
    now = time;
    step();
  };
  expect(presence.reached()).toBe(false);
  at(0, () => presence.missed(failure));
  at(4_000, () => presence.missed(failure));
  at(4_500, presence.answered);
  expect(presence.reached()).toBe(true);
  at(10_000, () => presence.missed(failure));
  for (const time of [15_000, 20_000]) at(time, () => presence.missed(failure));
  at(30_000, presence.answered);
  at(31_000, presence.answered);
  expect(told).toEqual([
    'The Kubernetes API server https://k8s has not answered for 5 s (ECONNREFUSED); still trying.',
    'The Kubernetes API server https://k8s answers again, after 20 s.',
  ]);
});
