import { expect, test } from '@jest/globals';
import { formatWarning, readWarning } from './event.ts';

/** As the AWS Load Balancer Controller's event recorder writes it. */
const failed = {
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'ui.17f2', namespace: 'ui', uid: 'e0c1' },
  involvedObject: { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', namespace: 'ui', name: 'ui' },
  reason: 'FailedBuildModel',
  message: "Failed build model due to couldn't auto-discover subnets:\nunable to resolve at least one subnet\n",
  source: { component: 'ingress' },
  type: 'Warning',
  count: 4,
  firstTimestamp: '2026-11-23T17:17:20Z',
  lastTimestamp: '2026-11-23T17:18:20Z',
  reportingComponent: '',
};

test('a warning is one line with its reason, its source and how often it came', () => {
  const warning = readWarning(failed);
  expect(warning && formatWarning(warning, new Date('2026-11-23T17:18:40Z'))).toBe(
    "Warning FailedBuildModel from ingress (4 times): Failed build model due to couldn't auto-discover subnets: unable to resolve at least one subnet",
  );
});

test('a warning of earlier says so', () => {
  const warning = readWarning({ ...failed, count: 1 });
  expect(warning && formatWarning(warning, new Date('2026-11-23T17:31:00Z'))).toContain('from ingress (12 min ago): Failed');
});

test('a warning of the newer events API counts by its series', () => {
  const newer = { ...failed, count: undefined, source: {}, reportingComponent: 'alb', series: { count: 7 } };
  expect(readWarning(newer)).toMatchObject({ source: 'alb', count: 7 });
  expect(readWarning({ ...newer, series: undefined })).toMatchObject({ count: 1 });
});

test.each([{ ...failed, type: 'Normal' }, {}, null])('what is no warning is passed over', object => {
  expect(readWarning(object)).toBeUndefined();
});
