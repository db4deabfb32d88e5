import { ActionError } from '@eks-gitops/errors';
import { commitTimeLabel, revisionLabel } from '../labels.ts';
import { formatPlatform, normalizePlatform, type Platform } from '../platform.ts';
import type { Digest } from '../reference.ts';
import type { Descriptor, ImageConfig } from '../registry/index.ts';
import { type Commit, formatTime, readCommit, sameCommit } from './commit.ts';

/** An image with its configuration, the only place that is believed about platform and commit. */
export interface SourceImage {
  /** The source's name, for errors. */
  readonly source: string;
  readonly stagingTag: string;
  readonly descriptor: Descriptor;
  readonly config: ImageConfig;
}

/** An image whose platform and commit have been read from its configuration. */
export interface VerifiedImage {
  readonly source: string;
  readonly stagingTag: string;
  readonly digest: Digest;
  /** As {@link formatPlatform} writes it. */
  readonly platform: string;
}

export interface Expectation {
  readonly platforms: readonly Platform[];
  /** What the user, or a release record, says of the commit. */
  readonly revision?: string | undefined;
  readonly commitTime?: Date | undefined;
  readonly now: Date;
}

/**
 * Checks that the images are exactly the requested platforms, once each, all of one commit.
 * Throws SOURCE_INVALID, SOURCE_DUPLICATE, SOURCE_SURPRISE, SOURCE_MISSING, SOURCE_UNLABELLED, SOURCE_REVISIONS or COMMIT_TIME_FUTURE.
 */
export function verifySources(
  images: readonly SourceImage[],
  expectation: Expectation,
): { commit: Commit; images: VerifiedImage[] } {
  const verified = images.map(toVerified);
  verifyPlatforms(
    verified,
    expectation.platforms.map(platform => formatPlatform(normalizePlatform(platform))),
  );
  return { commit: verifyCommit(images, expectation), images: verified };
}

/** The platform of a configuration, normalised. */
export function configPlatform({ os, architecture, variant }: ImageConfig): Platform {
  return normalizePlatform(variant === undefined || variant === '' ? { os, architecture } : { os, architecture, variant });
}

function toVerified({ source, stagingTag, descriptor, config }: SourceImage): VerifiedImage {
  const platform = formatPlatform(configPlatform(config));
  const claimed = descriptor.platform === undefined ? platform : formatPlatform(configPlatform(descriptor.platform));
  if (claimed !== platform) {
    throw new ActionError({
      code: 'SOURCE_INVALID',
      message: `${source} contradicts itself about its platform.`,
      expected: `${claimed}, as the index says`,
      found: `${platform} in the configuration of ${descriptor.digest}`,
    });
  }
  return { source, stagingTag, digest: descriptor.digest, platform };
}

function verifyPlatforms(images: readonly VerifiedImage[], requested: readonly string[]): void {
  const found = images.map(({ platform, source }) => `${platform} in ${source}`).join(', ');
  const facts = { expected: `${requested.join(', ')}, once each`, found: found === '' ? 'no image' : found };
  for (const { platform } of images) {
    const holders = images.filter(image => image.platform === platform);
    if (!requested.includes(platform)) {
      const message = `${holders[0]?.source} holds ${platform}, which was not requested.`;
      throw new ActionError({
        code: 'SOURCE_SURPRISE',
        message,
        ...facts,
        remedy: 'add it to platforms, or leave that source out',
      });
    }
    if (holders.length > 1) {
      const message = `${platform} is there more than once: in ${holders.map(({ source }) => source).join(' and ')}.`;
      throw new ActionError({ code: 'SOURCE_DUPLICATE', message, ...facts, likely: 'two build jobs built the same platform' });
    }
  }
  const missing = requested.filter(platform => images.every(image => image.platform !== platform));
  if (missing.length > 0) {
    throw new ActionError({ code: 'SOURCE_MISSING', message: `No source holds ${missing.join(', ')}.`, ...facts });
  }
}

const clockTolerance = 10 * 60 * 1000;

function verifyCommit(images: readonly SourceImage[], { revision, commitTime, now }: Expectation): Commit {
  const commits = images.map(image => ({ source: image.source, commit: commitOf(image) }));
  const [first] = commits;
  if (first === undefined)
    throw new ActionError({ code: 'SOURCE_MISSING', message: 'There is nothing to join: no platform was requested.' });
  const { commit } = first;
  const strays = commits.filter(other => !sameCommit(other.commit, commit));
  if (strays.length > 0) {
    throw new ActionError({
      code: 'SOURCE_REVISIONS',
      message: 'The sources were built from different commits.',
      expected: 'one revision and one commit time',
      found: commits.map(other => `${describeCommit(other.commit)} in ${other.source}`).join(', '),
      likely: 'a build of another run was joined, or a source names a tag that has moved on',
    });
  }
  const expected = { revision: revision ?? commit.revision, time: commitTime ?? commit.time };
  if (!sameCommit(expected, commit)) {
    throw new ActionError({
      code: 'SOURCE_REVISIONS',
      message: 'The sources were built from another commit than expected.',
      expected: describeCommit(expected),
      found: describeCommit(commit),
    });
  }
  if (commit.time.getTime() > now.getTime() + clockTolerance) {
    throw new ActionError({
      code: 'COMMIT_TIME_FUTURE',
      message: 'The commit time lies in the future.',
      expected: `at most 10 minutes after ${formatTime(now)}`,
      found: describeCommit(commit),
      likely: 'the clock of the machine that committed, or of this one, is wrong',
    });
  }
  return commit;
}

function commitOf({ source, descriptor, config }: SourceImage): Commit {
  const labels = config.config?.Labels ?? {};
  const commit = readCommit(labels);
  if (commit !== undefined) return commit;
  const [revision, time] = [labels[revisionLabel], labels[commitTimeLabel]];
  throw new ActionError({
    code: 'SOURCE_UNLABELLED',
    message: `${source} does not say which commit it was built from.`,
    expected: `the labels ${revisionLabel} (a full commit id) and ${commitTimeLabel} (RFC 3339)`,
    found: `${revisionLabel}: ${revision ?? 'absent'}, ${commitTimeLabel}: ${time ?? 'absent'} in ${descriptor.digest}`,
    remedy: 'Build it with build-arch-image, which sets both, or set them as labels in your own build.',
  });
}

function describeCommit({ revision, time }: Commit): string {
  return `${revision} of ${formatTime(time)}`;
}
