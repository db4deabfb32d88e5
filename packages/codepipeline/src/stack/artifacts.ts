import { CfnKey } from 'aws-cdk-lib/aws-kms';
import { CfnBucket, CfnBucketPolicy } from 'aws-cdk-lib/aws-s3';
import { Aws } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { keep } from './keep.ts';
import type { PipelineOptions } from './options.ts';
import { policy } from './roles.ts';

export interface ArtifactStore {
  readonly bucketName: string;
  /** Of a key of the user's own; undefined for the service's. */
  readonly keyArn: string | undefined;
}

/** An artifact is read within minutes, and again when a stage is retried. */
const artifactDays = 30;

/** The bucket in which the actions hand on what they made, with its key. */
export function addArtifactStore(scope: Construct, options: PipelineOptions): ArtifactStore {
  const keyArn = addKey(scope, options);
  if (options.bucket.kind === 'existing') return { bucketName: options.bucket.name, keyArn };
  return { bucketName: addBucket(scope, keyArn), keyArn };
}

function addKey(scope: Construct, { name, encryption }: PipelineOptions): string | undefined {
  switch (encryption.kind) {
    case 'aws':
      return undefined;
    case 'existing':
      return encryption.keyArn;
    case 'create': {
      const key = new CfnKey(scope, 'ArtifactKey', {
        description: `Artifacts of the pipeline ${name}`,
        enableKeyRotation: true,
        keyPolicy: policy([
          {
            Sid: 'LetRolesOfThisAccountHaveRights',
            Effect: 'Allow',
            Principal: { AWS: `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:root` },
            Action: 'kms:*',
            Resource: '*',
          },
        ]),
      });
      keep(key);
      return key.attrArn;
    }
  }
}

/** CodePipeline asks for a versioned bucket. Deleting the stack keeps it, since a bucket with objects cannot be deleted. */
function addBucket(scope: Construct, keyArn: string | undefined): string {
  const bucket = new CfnBucket(scope, 'ArtifactBucket', {
    bucketEncryption: { serverSideEncryptionConfiguration: [encryptionRule(keyArn)] },
    ownershipControls: { rules: [{ objectOwnership: 'BucketOwnerEnforced' }] },
    publicAccessBlockConfiguration: {
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    versioningConfiguration: { status: 'Enabled' },
    lifecycleConfiguration: {
      rules: [
        {
          id: 'expire',
          status: 'Enabled',
          expirationInDays: artifactDays,
          noncurrentVersionExpiration: { noncurrentDays: 1 },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
        },
      ],
    },
  });
  const bucketPolicy = new CfnBucketPolicy(scope, 'ArtifactBucketPolicy', {
    bucket: bucket.ref,
    policyDocument: policy([
      {
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [bucket.attrArn, `${bucket.attrArn}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ]),
  });
  keep(bucket);
  keep(bucketPolicy);
  return bucket.ref;
}

function encryptionRule(keyArn: string | undefined): CfnBucket.ServerSideEncryptionRuleProperty {
  if (keyArn === undefined) return { serverSideEncryptionByDefault: { sseAlgorithm: 'AES256' } };
  return { serverSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: keyArn }, bucketKeyEnabled: true };
}
