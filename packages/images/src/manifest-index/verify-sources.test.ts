import { formatError, toActionError } from '@eks-gitops/errors';
import { describe, expect, test } from '@jest/globals';
import { commitTimeLabel, revisionLabel } from '../labels.ts';
import { type Platform, parsePlatform } from '../platform.ts';
import { digestOf } from '../registry/index.ts';
import { type Expectation, type SourceImage, verifySources } from './verify-sources.ts';

const revision = 'a'.repeat(40);
const time = '2026-11-23T10:00:00Z';
const now = new Date('2026-11-23T10:05:00Z');
const both = ['linux/amd64', 'linux/arm64'];

interface Shape {
  readonly platform: string;
  readonly source?: string;
  readonly claimed?: Platform;
  readonly labels?: Record<string, string> | null;
}

function image({
  platform,
  source = platform,
  claimed,
  labels = { [revisionLabel]: revision, [commitTimeLabel]: time },
}: Shape): SourceImage {
  return {
    source,
    stagingTag: '',
    descriptor: { mediaType: 'm', digest: digestOf(Buffer.from(source)), size: 1, ...(claimed ? { platform: claimed } : {}) },
    config: { ...parsePlatform(platform), config: { Labels: labels } },
  };
}

function verify(
  images: SourceImage[],
  { platforms = both, ...expectation }: Partial<Omit<Expectation, 'platforms'>> & { platforms?: string[] } = {},
) {
  return verifySources(images, { platforms: platforms.map(parsePlatform), now, ...expectation });
}

function messageOf(images: SourceImage[], expectation?: Parameters<typeof verify>[1]): string {
  try {
    verify(images, expectation);
  } catch (thrown) {
    return formatError(toActionError(thrown));
  }
  return 'passed';
}

const [amd64, arm64] = [image({ platform: 'linux/amd64' }), image({ platform: 'linux/arm64' })];

test('images of all requested platforms and one commit pass, in any order and spelling', () => {
  const { commit, images } = verify([image({ platform: 'linux/arm64/v8' }), amd64], {
    platforms: ['linux/x86_64', 'linux/aarch64'],
  });
  expect(commit).toEqual({ revision, time: new Date(time) });
  expect(images.map(({ platform }) => platform)).toEqual(['linux/arm64', 'linux/amd64']);
});

test('one commit time may be written in two time zones', () => {
  const elsewhere = image({
    platform: 'linux/arm64',
    labels: { [revisionLabel]: revision, [commitTimeLabel]: '2026-11-23T12:00:00+02:00' },
  });
  expect(verify([amd64, elsewhere]).commit.time).toEqual(new Date(time));
});

describe('each fault has its own error, which names the source', () => {
  const other = { [revisionLabel]: 'b'.repeat(40), [commitTimeLabel]: time };
  const later = { [revisionLabel]: revision, [commitTimeLabel]: '2026-11-23T10:00:01Z' };
  test.each([
    ['a missing platform', [amd64], 'SOURCE_MISSING', 'No source holds linux/arm64'],
    [
      'a double platform',
      [amd64, arm64, image({ platform: 'linux/amd64', source: 'again' })],
      'SOURCE_DUPLICATE',
      'linux/amd64 and again',
    ],
    [
      'a platform twice instead of two',
      [amd64, image({ platform: 'linux/amd64', source: 'again' })],
      'SOURCE_DUPLICATE',
      'again',
    ],
    [
      'a surprise platform',
      [amd64, arm64, image({ platform: 'linux/s390x' })],
      'SOURCE_SURPRISE',
      'linux/s390x holds linux/s390x',
    ],
    ['a variant that was not asked for', [amd64, image({ platform: 'linux/arm/v7' })], 'SOURCE_SURPRISE', 'linux/arm/v7'],
    [
      'two revisions',
      [amd64, image({ platform: 'linux/arm64', labels: other })],
      'SOURCE_REVISIONS',
      `${'b'.repeat(40)} of 2026-11-23T10:00:00Z in linux/arm64`,
    ],
    [
      'two commit times',
      [amd64, image({ platform: 'linux/arm64', labels: later })],
      'SOURCE_REVISIONS',
      '10:00:01Z in linux/arm64',
    ],
    ['no labels', [amd64, image({ platform: 'linux/arm64', labels: null })], 'SOURCE_UNLABELLED', 'linux/arm64 does not say'],
    [
      'a short revision',
      [amd64, image({ platform: 'linux/arm64', labels: { ...later, [revisionLabel]: 'abc' } })],
      'SOURCE_UNLABELLED',
      'abc',
    ],
    [
      'a time without zone',
      [amd64, image({ platform: 'linux/arm64', labels: { ...later, [commitTimeLabel]: '2026-11-23T10:00:00' } })],
      'SOURCE_UNLABELLED',
      'RFC 3339',
    ],
    [
      'a descriptor that contradicts',
      [amd64, image({ platform: 'linux/arm64', claimed: parsePlatform('linux/s390x') })],
      'SOURCE_INVALID',
      'linux/s390x, as the index says',
    ],
  ])('%s', (_, images, code, words) => {
    const message = messageOf(images);
    expect(message).toContain(`code: ${code}`);
    expect(message).toContain(words);
  });
});

test('a commit that the user did not mean is SOURCE_REVISIONS', () => {
  expect(messageOf([amd64, arm64], { revision: 'c'.repeat(40) })).toContain(`expected: ${'c'.repeat(40)}`);
  expect(messageOf([amd64, arm64], { commitTime: new Date('2026-11-23T09:59:59Z') })).toContain('code: SOURCE_REVISIONS');
  expect(messageOf([amd64, arm64], { revision, commitTime: new Date(time) })).toBe('passed');
});

test('a commit may be 10 minutes ahead of the clock and no more', () => {
  expect(messageOf([amd64, arm64], { now: new Date('2026-11-23T09:50:00Z') })).toBe('passed');
  expect(messageOf([amd64, arm64], { now: new Date('2026-11-23T09:49:59Z') })).toContain('code: COMMIT_TIME_FUTURE');
});
