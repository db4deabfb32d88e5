import { describe, expect, test } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { pipelineNameForm } from '../names.ts';
import { allOptions, labOptions, optionSets } from './option-sets.ts';
import type { PipelineOptions } from './options.ts';
import { largestTemplate, pipelineTemplate } from './template.ts';

function templateOf(options: Partial<PipelineOptions> = {}): Template {
  return Template.fromJSON(pipelineTemplate({ ...labOptions, ...options }));
}

const deployment = { clusterName: 'eks-workshop', kustomization: 'apps', deployment: 'ui', namespace: 'shop' };

/** What the pipeline's actions are, by stage. */
function actionsOf(template: Template): Record<string, Record<string, unknown>[]> {
  const [pipeline] = Object.values(template.findResources('AWS::CodePipeline::Pipeline'));
  const stages: { Name: string; Actions: Record<string, unknown>[] }[] = pipeline?.['Properties'].Stages;
  return Object.fromEntries(stages.map(({ Name, Actions }) => [Name, Actions]));
}

describe('the template', () => {
  test('is small enough for a request, needs no bootstrapped account and holds no assets, whatever the options', () => {
    for (const options of [...optionSets, allOptions]) {
      const text = JSON.stringify(pipelineTemplate(options));
      expect(Buffer.byteLength(text)).toBeLessThan(largestTemplate);
      expect(text).not.toMatch(/BootstrapVersion|cdk-bootstrap|aws:cdk|AWS::CDK::Metadata/);
    }
  });

  test('is a function of the options, and plain JSON', () => {
    for (const options of [labOptions, allOptions]) {
      const template = pipelineTemplate(options);
      expect(pipelineTemplate(structuredClone(options))).toEqual(template);
      expect(JSON.parse(JSON.stringify(template))).toEqual(template);
    }
  });

  test('keeps to the lengths of names that AWS has, with the longest name', () => {
    const template = Template.fromJSON(pipelineTemplate(allOptions));
    expect(allOptions.name).toMatch(pipelineNameForm);
    expect(`${allOptions.name}x`).not.toMatch(pipelineNameForm);
    template.hasResourceProperties('AWS::Events::Rule', { Name: Match.stringLikeRegexp('^.{64}$') });
    template.allResourcesProperties('AWS::CodeBuild::Project', { Name: Match.stringLikeRegexp('^.{2,150}$') });
  });

  test('names its resources alike whatever the options, so that changing one replaces no other', () => {
    const all = Object.keys(pipelineTemplate(allOptions)['Resources'] as object);
    for (const options of optionSets) {
      const resources = Object.keys(pipelineTemplate(options)['Resources'] as object);
      expect(resources.filter(name => !all.includes(name))).toEqual([]);
    }
  });
});

describe('the pipeline', () => {
  test('is of type V2, supersedes by default, and builds both architectures side by side before the index', () => {
    const template = templateOf();
    template.hasResourceProperties('AWS::CodePipeline::Pipeline', {
      PipelineType: 'V2',
      ExecutionMode: 'SUPERSEDED',
      RestartExecutionOnUpdate: false,
    });
    const { Source = [], Build = [], ...others } = actionsOf(template);
    expect(others).toEqual({});
    expect(Source.map(({ Name }) => Name)).toEqual(['source']);
    expect(Build.map(({ Name, RunOrder, Namespace }) => [Name, RunOrder, Namespace])).toEqual([
      ['build_amd64', 1, 'amd64'],
      ['build_arm64', 1, 'arm64'],
      ['build_index', 2, 'index'],
    ]);
  });

  test('hands each build the id of the execution and its commit', () => {
    for (const action of actionsOf(templateOf())['Build'] ?? []) {
      const { EnvironmentVariables } = action['Configuration'] as Record<string, string>;
      expect(JSON.parse(EnvironmentVariables ?? '')).toEqual([
        { name: 'RUN_ID', value: '#{codepipeline.PipelineExecutionId}', type: 'PLAINTEXT' },
        { name: 'REVISION', value: '#{source.CommitId}', type: 'PLAINTEXT' },
      ]);
    }
  });

  test('deploys only when asked to, as a member of a group that the cluster gives rights', () => {
    expect(actionsOf(templateOf())['Deploy']).toBeUndefined();
    templateOf().resourceCountIs('AWS::EKS::AccessEntry', 0);
    const template = templateOf({ deployment });
    expect(actionsOf(template)['Deploy']).toMatchObject([{ Name: 'deploy', InputArtifacts: [{ Name: 'index' }] }]);
    template.hasResourceProperties('AWS::EKS::AccessEntry', {
      ClusterName: 'eks-workshop',
      KubernetesGroups: ['eks-gitops-deploy'],
      AccessPolicies: Match.absent(),
    });
  });
});

describe('the source', () => {
  test('CodeCommit is not polled: a rule starts the pipeline at the commit that the branch moved to', () => {
    const template = templateOf();
    expect(actionsOf(template)['Source']).toMatchObject([
      { Configuration: { PollForSourceChanges: 'false', OutputArtifactFormat: 'CODEBUILD_CLONE_REF' } },
    ]);
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { source: ['aws.codecommit'], detail: { referenceType: ['branch'], referenceName: ['main'] } },
      Targets: [
        {
          InputTransformer: {
            InputPathsMap: { commit: '$.detail.commitId' },
            InputTemplate: '{"sourceRevisions":[{"actionName":"source","revisionType":"COMMIT_ID","revisionValue":"<commit>"}]}',
          },
        },
      ],
    });
  });

  test('a CodeCommit repository is made only when asked for, and outlives the stack', () => {
    templateOf().hasResource('AWS::CodeCommit::Repository', { DeletionPolicy: 'RetainExceptOnCreate' });
    const existing = templateOf({ source: { kind: 'codecommit', repository: 'shop', branch: 'main', create: false } });
    existing.resourceCountIs('AWS::CodeCommit::Repository', 0);
  });

  test('a connection tells of changes itself, and is cloned whole', () => {
    const connectionArn = 'arn:aws:codeconnections:us-west-2:123456789012:connection/1';
    const template = templateOf({ source: { kind: 'connection', connectionArn, repository: 'octo/shop', branch: 'main' } });
    expect(actionsOf(template)['Source']).toMatchObject([
      {
        ActionTypeId: { Provider: 'CodeStarSourceConnection' },
        Configuration: { FullRepositoryId: 'octo/shop', DetectChanges: 'true', OutputArtifactFormat: 'CODEBUILD_CLONE_REF' },
      },
    ]);
    template.resourceCountIs('AWS::Events::Rule', 0);
  });

  test('with S3 whoever starts the pipeline has to tell the commit and its time', () => {
    const template = templateOf({ source: { kind: 's3', bucket: 'sources', key: 'shop.zip' } });
    template.hasResourceProperties('AWS::CodePipeline::Pipeline', {
      Variables: [
        { Name: 'REVISION', DefaultValue: Match.absent() },
        { Name: 'COMMIT_TIME', DefaultValue: Match.absent() },
      ],
    });
    const [build] = actionsOf(template)['Build'] ?? [];
    expect(JSON.stringify(build)).toContain('#{variables.REVISION}');
    expect(JSON.stringify(build)).toContain('#{variables.COMMIT_TIME}');
  });
});

describe('the builds', () => {
  test.each([
    ['shop-amd64', 'LINUX_CONTAINER', 'BUILD_GENERAL1_LARGE', true],
    ['shop-arm64', 'ARM_CONTAINER', 'BUILD_GENERAL1_LARGE', true],
    ['shop-index', 'LINUX_CONTAINER', 'BUILD_GENERAL1_SMALL', false],
    ['shop-deploy', 'LINUX_CONTAINER', 'BUILD_GENERAL1_SMALL', false],
  ])('%s runs on %s, %s, and is privileged only where docker runs: %s', (Name, Type, ComputeType, PrivilegedMode) => {
    templateOf({ deployment }).hasResourceProperties('AWS::CodeBuild::Project', {
      Name,
      Environment: { Type, ComputeType, PrivilegedMode, Image: Match.stringLikeRegexp('^aws/codebuild/amazonlinux-') },
      LogsConfig: { CloudWatchLogs: { Status: 'ENABLED' } },
    });
  });

  test('have a role and a log group of their own each', () => {
    const projects = Object.values(templateOf({ deployment, logRetentionDays: 7 }).findResources('AWS::CodeBuild::Project'));
    const roles = projects.map(project => JSON.stringify(project['Properties'].ServiceRole));
    const logs = projects.map(project => JSON.stringify(project['Properties'].LogsConfig));
    expect([new Set(roles).size, new Set(logs).size]).toEqual([4, 4]);
    templateOf({ logRetentionDays: 7 }).allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
  });

  test('run in a VPC, a few at a time and with a mirror of BuildKit when asked to', () => {
    const network = { vpcId: 'vpc-1', subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'] };
    const template = templateOf({ network, concurrentBuilds: 2, buildTimeoutMinutes: 20, buildkitImage: 'mirror/buildkit' });
    template.allResourcesProperties('AWS::CodeBuild::Project', {
      VpcConfig: { VpcId: 'vpc-1', Subnets: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
      ConcurrentBuildLimit: 2,
    });
    template.hasResourceProperties('AWS::CodeBuild::Project', {
      Name: 'shop-arm64',
      TimeoutInMinutes: 20,
      Environment: {
        EnvironmentVariables: Match.arrayWith([Match.objectLike({ Name: 'BUILDKIT_IMAGE', Value: 'mirror/buildkit' })]),
      },
    });
  });

  test('keep their caches in the repository, where such tags may move', () => {
    const template = templateOf({ cache: true });
    for (const architecture of ['amd64', 'arm64']) {
      const [project] = Object.values(
        template.findResources('AWS::CodeBuild::Project', { Properties: { Name: `shop-${architecture}` } }),
      );
      expect(project?.['Properties'].Environment.EnvironmentVariables).toContainEqual(
        expect.objectContaining({ Name: 'CACHE', Value: 'registry' }),
      );
    }
    expect(JSON.stringify(templateOf().findResources('AWS::CodeBuild::Project'))).not.toContain('"CACHE"');
  });
});

describe('what is kept', () => {
  test('the image repository: no tag moves but latest and caches, staging images expire, pushes are scanned', () => {
    const template = templateOf({ stagingImageDays: 3 });
    template.hasResource('AWS::ECR::Repository', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        RepositoryName: 'shop/ui',
        ImageScanningConfiguration: { ScanOnPush: true },
        ImageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
        ImageTagMutabilityExclusionFilters: [
          { ImageTagMutabilityExclusionFilterValue: 'latest' },
          { ImageTagMutabilityExclusionFilterValue: 'cache-*' },
        ],
        LifecyclePolicy: { LifecyclePolicyText: Match.stringLikeRegexp('"tagPrefixList":\\["build-"\\].*"countNumber":3') },
      },
    });
    templateOf({ repository: { kind: 'existing', name: 'shop/ui' } }).resourceCountIs('AWS::ECR::Repository', 0);
  });

  test('the artifacts: encrypted, not public, by TLS only, for a while', () => {
    const template = templateOf();
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: {
        BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationInDays: 30 }] },
      },
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
      },
    });
    templateOf({ bucket: { kind: 'existing', name: 'mine' } }).resourceCountIs('AWS::S3::Bucket', 0);
  });

  test('a key of their own encrypts them everywhere, and is rotated', () => {
    const template = templateOf({ encryption: { kind: 'create' } });
    template.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
    const keyArn = { 'Fn::GetAtt': ['ArtifactKey', 'Arn'] };
    template.hasResourceProperties('AWS::CodePipeline::Pipeline', {
      ArtifactStore: { EncryptionKey: { Id: keyArn, Type: 'KMS' } },
    });
    template.allResourcesProperties('AWS::CodeBuild::Project', { EncryptionKey: keyArn });
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { KMSMasterKeyID: keyArn } }] },
    });
  });
});

test('a failed execution is told to the topic', () => {
  const failureTopicArn = 'arn:aws:sns:us-west-2:123456789012:failures';
  templateOf({ failureTopicArn }).hasResourceProperties('AWS::Events::Rule', {
    EventPattern: { detail: { pipeline: ['shop'], state: ['FAILED'] } },
    Targets: [{ Arn: failureTopicArn }],
  });
});

describe('the role for GitHub', () => {
  const githubRole = { repository: 'octo/shop', subjects: ['ref:refs/heads/main', 'environment:production'] };

  test('is assumed only from the named branches, environments and tags of the one repository', () => {
    const template = templateOf({ githubRole });
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Action: 'sts:AssumeRoleWithWebIdentity',
            Condition: {
              StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' },
              StringLike: {
                'token.actions.githubusercontent.com:sub': [
                  'repo:octo/shop:ref:refs/heads/main',
                  'repo:octo/shop:environment:production',
                  'repo:octo@*/shop@*:ref:refs/heads/main',
                  'repo:octo@*/shop@*:environment:production',
                ],
              },
            },
          },
        ],
      },
    });
    template.resourceCountIs('AWS::IAM::OIDCProvider', 1);
  });

  test('with its ids is assumed from that repository alone, whoever has the name later', () => {
    const template = templateOf({ githubRole: { repository: 'octo@123456/shop@456789', subjects: ['environment:production'] } });
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Condition: {
              StringLike: {
                'token.actions.githubusercontent.com:sub': ['repo:octo@123456/shop@456789:environment:production'],
              },
            },
          },
        ],
      },
    });
  });

  test('takes the provider that the account has, and gets into the cluster where there is a deployment', () => {
    const providerArn = 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com';
    const template = templateOf({ githubRole: { ...githubRole, providerArn }, deployment });
    template.resourceCountIs('AWS::IAM::OIDCProvider', 0);
    template.resourceCountIs('AWS::EKS::AccessEntry', 2);
  });
});

test.each([
  ['codebuild', '', ':project/shop-index'],
  ['events', '', ':rule/shop-change'],
  // Its user guide does not say that it names the pipeline: https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-create-service-role-cli.html
  ['codepipeline', 'IfExists', ':shop'],
])('%s assumes its role for the one resource alone', (service, ifExists, resource) => {
  const arn = [
    'arn:',
    { Ref: 'AWS::Partition' },
    `:${service}:`,
    { Ref: 'AWS::Region' },
    ':',
    { Ref: 'AWS::AccountId' },
    resource,
  ];
  templateOf({}).hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [
        {
          Principal: { Service: `${service}.amazonaws.com` },
          Condition: {
            [`StringEquals${ifExists}`]: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
            [`ArnEquals${ifExists}`]: { 'aws:SourceArn': { 'Fn::Join': ['', arn] } },
          },
        },
      ],
    },
  });
});

test('every role keeps within the permissions boundary', () => {
  const template = pipelineTemplate(allOptions);
  Template.fromJSON(template).allResourcesProperties('AWS::IAM::Role', {
    PermissionsBoundary: allOptions.permissionsBoundaryArn,
  });
});
