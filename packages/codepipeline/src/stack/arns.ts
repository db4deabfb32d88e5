import { Aws } from 'aws-cdk-lib/core';
import type { PipelineOptions } from './options.ts';

/** What stands in for a CodeBuild project of the pipeline. */
export type ProjectName = 'amd64' | 'arm64' | 'index' | 'deploy';

/** The name of a project, by which its log group and its role's rights are told without waiting for it to be made. */
export function projectName({ name }: Pick<PipelineOptions, 'name'>, project: ProjectName): string {
  return `${name}-${project}`;
}

export function logGroupName(options: Pick<PipelineOptions, 'name'>, project: ProjectName): string {
  return `/aws/codebuild/${projectName(options, project)}`;
}

/** The ARN of something in the stack's own account and region. */
export function localArn(service: string, resource: string): string {
  return `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;
}

export function bucketArn(name: string): string {
  return `arn:${Aws.PARTITION}:s3:::${name}`;
}

export function projectArn(options: Pick<PipelineOptions, 'name'>, project: ProjectName): string {
  return localArn('codebuild', `project/${projectName(options, project)}`);
}

export function pipelineArn({ name }: Pick<PipelineOptions, 'name'>): string {
  return localArn('codepipeline', name);
}

/** The address of an image repository in the stack's own registry. */
export function imageUri(repositoryName: string): string {
  return `${Aws.ACCOUNT_ID}.dkr.ecr.${Aws.REGION}.${Aws.URL_SUFFIX}/${repositoryName}`;
}

/** The bucket and key of a tool package in S3; undefined for one from npm. */
export function toolObject({ toolPackage }: Pick<PipelineOptions, 'toolPackage'>): { bucket: string; key: string } | undefined {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(toolPackage) ?? [];
  return bucket === undefined || key === undefined ? undefined : { bucket, key };
}
