import { ActionError } from '@eks-gitops/errors';
import { describe, expect, test } from '@jest/globals';
import { formatRecord, mergeRecords, parseRecord, parseRecords, type ReleaseRecord } from './record.ts';

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const amd64 = { platform: 'linux/amd64', digest: digest('a'), stagingTag: 'build-1-00000000-1-amd64' };
const arm64 = { platform: 'linux/arm64', digest: digest('b'), stagingTag: 'build-1-00000000-1-arm64' };
const record: ReleaseRecord = {
  schema: 1,
  image: 'localhost:5000/shop/ui',
  revision: 'c'.repeat(40),
  commitTime: '2026-11-23T17:17:20Z',
  builds: [amd64],
};
const index = { digest: digest('d'), tag: 'i20261123171720-cccccccc', platforms: ['linux/amd64', 'linux/arm64'] };

function codeOf(run: () => unknown): string {
  try {
    run();
    return 'no error';
  } catch (thrown) {
    return thrown instanceof ActionError ? thrown.code : String(thrown);
  }
}

test('a record that is written and read again is the same', () => {
  const workloads = [{ workload: 'shop/deployment/ui', revision: '5d8f9c7b6', pods: 2 }];
  const url = 'http://k8s-ui-ui-1.us-west-2.elb.amazonaws.com/home';
  const whole = { ...record, builds: [amd64, arm64], index, rollout: { digest: index.digest, workloads }, url };
  expect(formatRecord(whole)).not.toContain('\n');
  expect(parseRecord(` ${formatRecord(whole)}\n`)).toEqual(whole);
});

describe('joining records', () => {
  test('gives the builds of both by platform, in an order that depends on neither', () => {
    const other = { ...record, builds: [arm64] };
    expect(mergeRecords(record, other).builds).toEqual([amd64, arm64]);
    expect(mergeRecords(other, record).builds).toEqual([amd64, arm64]);
  });

  test('keeps what only one of them has, and lets the later build of a platform win', () => {
    const rebuilt = { ...amd64, digest: digest('e') };
    expect(mergeRecords({ ...record, index }, { ...record, builds: [rebuilt] })).toEqual({ ...record, builds: [rebuilt], index });
  });

  test('is what reading several lines does', () => {
    const lines = [record, { ...record, builds: [arm64] }].map(formatRecord).join('\n\n');
    expect(parseRecords(lines).builds).toEqual([amd64, arm64]);
  });

  test.each([
    ['image', 'localhost:5000/other'],
    ['revision', 'd'.repeat(40)],
    ['commitTime', '2026-11-23T17:17:21Z'],
  ])('of another %s is RECORD_MISMATCH', (fact, value) => {
    expect(codeOf(() => mergeRecords(record, { ...record, [fact]: value }))).toBe('RECORD_MISMATCH');
  });
});

const line = formatRecord(record);
test.each([
  ['nothing', '', 'RECORD_EMPTY'],
  ['blanks', ' \n', 'RECORD_EMPTY'],
  ['no JSON', 'none', 'RECORD_INVALID'],
  ['a list', '[1]', 'RECORD_INVALID'],
  ['another schema', line.replace('"schema":1', '"schema":2'), 'RECORD_SCHEMA'],
  ['no schema', line.replace('"schema":1,', ''), 'RECORD_INVALID'],
  ['a digest of another form', line.replace('sha256:', 'md5:'), 'RECORD_INVALID'],
  ['a URL of another kind', line.replace('{', '{"url":"javascript:alert(1)",'), 'RECORD_INVALID'],
  ['a field that no record has', line.replace('{', '{"password":"x",'), 'RECORD_INVALID'],
  ['more than 4 KiB', line.replace('shop/ui', 'a'.repeat(5000)), 'RECORD_INVALID'],
])('a record that is %s is refused', (_, text, code) => {
  expect(codeOf(() => parseRecord(text))).toBe(code);
  expect(codeOf(() => parseRecords(text))).toBe(code);
});
