import type { Repository as EcrRepository } from '@aws-sdk/client-ecr';
import { tryJson } from '@eks-gitops/http';
import { z } from 'zod';
import { createRequest, type RepositorySettings } from './repository-settings.ts';

/** A repository as Amazon ECR describes it. */
export interface FoundRepository {
  readonly repository: EcrRepository;
  /** JSON; undefined when it has no lifecycle policy. */
  readonly lifecycle: string | undefined;
}

interface Comparison {
  readonly settings: RepositorySettings;
  readonly now: Date;
}

/** In which ways a repository that exists is not as one would be made; a clause each. */
export function differencesOf({ repository, lifecycle }: FoundRepository, { settings, now }: Comparison): readonly string[] {
  const wanted = createRequest('', settings);
  return [
    ...tagDifference(repository, wanted.imageTagMutabilityExclusionFilters?.flatMap(({ filter }) => filter ?? []) ?? []),
    ...(repository.imageScanningConfiguration?.scanOnPush === true ? [] : ['images are not scanned on push']),
    ...keyDifference(repository, settings),
    ...(lifecycle === undefined && isNew(repository, now) ? [] : lifecycleDifference(lifecycle, settings)),
  ];
}

/** Milliseconds in which another build, which has just made the repository, may still give it its lifecycle policy. */
const settling = 60_000;

function isNew({ createdAt }: EcrRepository, now: Date): boolean {
  return createdAt !== undefined && now.getTime() - createdAt.getTime() < settling;
}

function tagDifference(found: EcrRepository, moving: readonly string[]): string[] {
  const wanted = `only ${moving.join(', ') || 'no tag'} may move`;
  switch (found.imageTagMutability) {
    case 'IMMUTABLE':
      return moving.length === 0 ? [] : [`no tag may move, where ${wanted}`];
    case 'IMMUTABLE_WITH_EXCLUSION': {
      const excluded = (found.imageTagMutabilityExclusionFilters ?? []).flatMap(({ filter }) => filter ?? []);
      return sorted(excluded) === sorted(moving) ? [] : [`the tags that may move are ${excluded.join(', ')}, where ${wanted}`];
    }
    default:
      return [`every tag may move, where ${wanted}`];
  }
}

function sorted(filters: readonly string[]): string {
  return [...filters].sort().join(',');
}

/** Any encryption does where no key was asked for. A key by alias is another name for one by ARN, so two names prove nothing. */
function keyDifference({ encryptionConfiguration: found }: EcrRepository, { kmsKey }: RepositorySettings): string[] {
  if (kmsKey === undefined) return [];
  if (found?.encryptionType !== 'KMS') return [`it is encrypted by ${found?.encryptionType ?? 'AES256'}, not by ${kmsKey}`];
  const comparable = [kmsKey, found.kmsKey ?? ''].every(key => /:key\//.test(key));
  return comparable && found.kmsKey !== kmsKey ? [`it is encrypted by ${found.kmsKey}, not by ${kmsKey}`] : [];
}

const policy = z.object({
  rules: z.array(
    z.object({
      selection: z.object({
        tagStatus: z.string(),
        tagPrefixList: z.array(z.string()).default([]),
        tagPatternList: z.array(z.string()).default([]),
        countType: z.string(),
        countNumber: z.number(),
      }),
    }),
  ),
});

function lifecycleDifference(lifecycle: string | undefined, { stagingImageDays: days }: RepositorySettings): string[] {
  const parsed = policy.safeParse(tryJson(lifecycle ?? ''));
  const rules = parsed.success ? parsed.data.rules.map(({ selection }) => selection) : [];
  const staging = rules.find(
    ({ tagPrefixList, tagPatternList }) => tagPrefixList.includes('build-') || tagPatternList.includes('build-*'),
  );
  if (staging === undefined)
    return [`no rule of a lifecycle policy lets build-* images expire, where they would after ${days} days`];
  const same = staging.countType === 'sinceImagePushed' && staging.countNumber === days;
  return same ? [] : [`build-* images expire by ${staging.countType} ${staging.countNumber}, not ${days} days after their push`];
}
