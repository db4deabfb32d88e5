import { bucketArn, localArn } from './arns.ts';
import type { PipelineOptions } from './options.ts';
import type { Right } from './right.ts';

/** A full clone is made by CodeBuild itself, with these rights of the project's role. */
export function readSource({ source }: PipelineOptions): Right[] {
  switch (source.kind) {
    case 'codecommit':
      return [{ sid: 'CloneSource', actions: ['codecommit:GitPull'], resources: [localArn('codecommit', source.repository)] }];
    case 'connection':
      return [useConnection(source.connectionArn)];
    case 's3':
      return [];
  }
}

/** The calls that the action reference of each source names, under "Service role permissions". `artifacts`: the ARN of what it puts there. */
export function findSource({ source }: PipelineOptions, artifacts: string): Right[] {
  switch (source.kind) {
    case 'codecommit':
      return [
        {
          sid: 'FindSource',
          actions: [
            'codecommit:CancelUploadArchive',
            'codecommit:GetBranch',
            'codecommit:GetCommit',
            'codecommit:GetRepository',
            'codecommit:GetUploadArchiveStatus',
            'codecommit:UploadArchive',
          ],
          resources: [localArn('codecommit', source.repository)],
        },
      ];
    case 'connection':
      return [useConnection(source.connectionArn), shareArtifact(artifacts)];
    case 's3':
      return [
        {
          sid: 'FindSource',
          actions: ['s3:GetBucketAcl', 's3:GetBucketLocation', 's3:GetBucketVersioning'],
          resources: [bucketArn(source.bucket)],
        },
        {
          sid: 'ReadSource',
          actions: ['s3:GetObject', 's3:GetObjectVersion'],
          resources: [`${bucketArn(source.bucket)}/${source.key}`],
        },
      ];
  }
}

/** The prefix of the action follows that of the ARN, old or new. */
function useConnection(connectionArn: string): Right {
  const service = connectionArn.split(':')[2] ?? 'codeconnections';
  return { sid: 'UseConnection', actions: [`${service}:UseConnection`], resources: [connectionArn] };
}

/**
 * A connection's source is put with an access control list, which the bucket may well ignore; so grants
 * `CodeStarConnectionsSourceAction` of aws-cdk-lib, and the service role policy of the user guide.
 */
function shareArtifact(artifacts: string): Right {
  return {
    sid: 'ShareSourceArtifact',
    actions: ['s3:PutObjectAcl'],
    resources: [artifacts],
    why: "the artifacts of the one pipeline; CodePipeline makes up the rest of an artifact's key",
  };
}
