import { CfnRepository } from 'aws-cdk-lib/aws-ecr';
import type { Construct } from 'constructs';
import { cacheTagPrefix } from '../names.ts';
import { imageUri, localArn } from './arns.ts';
import { keep } from './keep.ts';
import type { PipelineOptions } from './options.ts';

export interface ImageRepository {
  readonly arn: string;
  readonly uri: string;
}

/** The image repository, made or found. One that is made outlives the stack, because what runs is pulled from it. */
export function addRepository(scope: Construct, { repository, stagingImageDays }: PipelineOptions): ImageRepository {
  if (repository.kind === 'existing') {
    return { arn: localArn('ecr', `repository/${repository.name}`), uri: imageUri(repository.name) };
  }
  const made = new CfnRepository(scope, 'ImageRepository', {
    repositoryName: repository.name,
    imageScanningConfiguration: { scanOnPush: true },
    imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
    imageTagMutabilityExclusionFilters: ['latest', `${cacheTagPrefix}*`].map(value => ({
      imageTagMutabilityExclusionFilterType: 'WILDCARD',
      imageTagMutabilityExclusionFilterValue: value,
    })),
    lifecyclePolicy: { lifecyclePolicyText: JSON.stringify(lifecycle(stagingImageDays)) },
  });
  keep(made);
  return { arn: made.attrArn, uri: made.attrRepositoryUri };
}

/**
 * Staging images expire; an image that an index names stays, whatever its own tags
 * (https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html: images of a manifest list wait for the list).
 */
function lifecycle(stagingImageDays: number): object {
  const expire = { type: 'expire' };
  return {
    rules: [
      {
        rulePriority: 1,
        description: 'images of single architectures that no index names',
        selection: {
          tagStatus: 'tagged',
          tagPrefixList: ['build-'],
          countType: 'sinceImagePushed',
          countUnit: 'days',
          countNumber: stagingImageDays,
        },
        action: expire,
      },
      {
        rulePriority: 2,
        description: 'what lost its tag, such as an older cache',
        selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: stagingImageDays },
        action: expire,
      },
    ],
  };
}
