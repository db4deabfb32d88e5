import type { CreateRepositoryCommandInput } from '@aws-sdk/client-ecr';

/** What a new repository is given. */
export interface RepositorySettings {
  /** Tags that may move, `*` for any characters; no other tag may. Amazon ECR takes five at most. */
  readonly movingTags: readonly string[];
  /** Days after which staging images, and images without a tag, expire, unless an index holds them. */
  readonly stagingImageDays: number;
  /** ARN of the KMS key that encrypts; else Amazon ECR's own AES-256. */
  readonly kmsKey: string | undefined;
}

/** The request that makes a repository: tags that stay, images that are scanned and encrypted. */
export function createRequest(repositoryName: string, { movingTags, kmsKey }: RepositorySettings): CreateRepositoryCommandInput {
  const excluded = movingTags.map(filter => ({ filterType: 'WILDCARD' as const, filter }));
  return {
    repositoryName,
    imageScanningConfiguration: { scanOnPush: true },
    encryptionConfiguration: kmsKey === undefined ? { encryptionType: 'AES256' } : { encryptionType: 'KMS', kmsKey },
    ...(excluded.length === 0
      ? { imageTagMutability: 'IMMUTABLE' }
      : { imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION', imageTagMutabilityExclusionFilters: excluded }),
  };
}

/** What every staging tag begins with. */
const stagingPrefix = 'build-';

/**
 * The lifecycle policy: staging images expire, and what lost its tag. An image that an index holds stays, whatever its own tags
 * (https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html: images of a manifest list wait for the list).
 */
export function lifecyclePolicy(days: number): object {
  const expiry = { countType: 'sinceImagePushed', countUnit: 'days', countNumber: days };
  const action = { type: 'expire' };
  return {
    rules: [
      {
        rulePriority: 1,
        description: 'images of single architectures that no index names',
        selection: { tagStatus: 'tagged', tagPrefixList: [stagingPrefix], ...expiry },
        action,
      },
      {
        rulePriority: 2,
        description: 'what lost its tag, such as an older cache',
        selection: { tagStatus: 'untagged', ...expiry },
        action,
      },
    ],
  };
}
