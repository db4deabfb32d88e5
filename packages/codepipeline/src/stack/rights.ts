import { bucketArn, localArn, logGroupName, type ProjectName, projectArn, toolObject } from './arns.ts';
import type { Grounds, Right } from './right.ts';
import { findSource, readSource } from './source-rights.ts';

/** The rights of a CodeBuild project. */
export function projectRights(project: ProjectName, grounds: Grounds): readonly Right[] {
  const common = [writeLog(project, grounds), ...fetchTool(grounds), ...joinNetwork(grounds)];
  switch (project) {
    case 'amd64':
    case 'arm64':
      return [...common, ...readSource(grounds.options), ...exchangeArtifacts(grounds), logIn, pushImage(grounds)];
    case 'index':
      return [...common, ...exchangeArtifacts(grounds), logIn, publishIndex(grounds)];
    case 'deploy':
      return [...common, ...fetchArtifacts(grounds), ...followDeployment(grounds)];
  }
}

/** The rights of the pipeline itself. */
export function pipelineRights(grounds: Grounds): readonly Right[] {
  const { options, bucketName } = grounds;
  const projects: readonly ProjectName[] = [
    'amd64',
    'arm64',
    'index',
    ...(options.deployment === undefined ? [] : (['deploy'] as const)),
  ];
  return [
    {
      sid: 'RunBuilds',
      actions: ['codebuild:BatchGetBuilds', 'codebuild:StartBuild'],
      resources: projects.map(project => projectArn(options, project)),
    },
    ...exchangeArtifacts(grounds),
    { sid: 'CheckArtifactVersions', actions: ['s3:GetBucketVersioning'], resources: [bucketArn(bucketName)] },
    ...findSource(options, artifactsOf(grounds)),
  ];
}

/** The rights of a GitHub workflow that builds, publishes and, with a deployment, follows it. */
export function workflowRights(grounds: Grounds): readonly Right[] {
  const follow = followDeployment(grounds).filter(({ sid }) => sid === 'FindCluster');
  return [logIn, pushImage(grounds), ...follow];
}

/** CodePipeline begins the key of an artifact with the pipeline's name, cut to 20 characters, and a slash. */
function artifactsOf({ options: { bucket, name }, bucketName }: Grounds): string {
  if (bucket.kind === 'create') return `${bucketArn(bucketName)}/*`;
  return `${bucketArn(bucketName)}/${name.length < 20 ? `${name}/` : name.slice(0, 20)}*`;
}

function writeLog(project: ProjectName, { options }: Grounds): Right {
  return {
    sid: 'WriteLog',
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [localArn('logs', `log-group:${logGroupName(options, project)}:*`)],
    why: 'the log streams of the one log group; their names are those of builds to come',
  };
}

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/how-to-custom-role.html, and for CodeBuild its "setting-up-service-role". */
function exchangeArtifacts(grounds: Grounds): Right[] {
  const { bucketName, keyArn } = grounds;
  const bucket = bucketArn(bucketName);
  return [
    {
      sid: 'ExchangeArtifacts',
      actions: ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject'],
      resources: [artifactsOf(grounds)],
      why: "the artifacts of the one pipeline; CodePipeline makes up the rest of an artifact's key",
    },
    { sid: 'FindArtifactBucket', actions: ['s3:GetBucketAcl', 's3:GetBucketLocation'], resources: [bucket] },
    ...(keyArn === undefined
      ? []
      : [{ sid: 'UseArtifactKey', actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'], resources: [keyArn] }]),
  ];
}

/** The same for what hands nothing on. */
function fetchArtifacts(grounds: Grounds): Right[] {
  const puts = ['s3:PutObject', 'kms:GenerateDataKey'];
  return exchangeArtifacts(grounds).map(right => ({ ...right, actions: right.actions.filter(action => !puts.includes(action)) }));
}

const logIn: Right = {
  sid: 'LogInToRegistry',
  actions: ['ecr:GetAuthorizationToken'],
  resources: ['*'],
  why: 'GetAuthorizationToken knows no resource',
};

function pushImage({ repositoryArn }: Grounds): Right {
  return {
    sid: 'PushImage',
    actions: [
      'ecr:BatchCheckLayerAvailability',
      'ecr:BatchGetImage',
      'ecr:CompleteLayerUpload',
      'ecr:GetDownloadUrlForLayer',
      'ecr:InitiateLayerUpload',
      'ecr:PutImage',
      'ecr:UploadLayerPart',
    ],
    resources: [repositoryArn],
  };
}

function publishIndex({ repositoryArn }: Grounds): Right {
  return {
    sid: 'PublishIndex',
    actions: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:PutImage'],
    resources: [repositoryArn],
  };
}

/** The cluster itself is entered by its access entry; the registry is asked where a pod runs an image by another digest. */
function followDeployment({ options: { deployment }, repositoryArn }: Grounds): Right[] {
  if (deployment === undefined) return [];
  return [
    { sid: 'FindCluster', actions: ['eks:DescribeCluster'], resources: [localArn('eks', `cluster/${deployment.clusterName}`)] },
    logIn,
    { sid: 'ReadImages', actions: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'], resources: [repositoryArn] },
  ];
}

function fetchTool({ options }: Grounds): Right[] {
  const found = toolObject(options);
  if (found === undefined) return [];
  return [{ sid: 'FetchTool', actions: ['s3:GetObject'], resources: [`${bucketArn(found.bucket)}/${found.key}`] }];
}

/** https://docs.aws.amazon.com/codebuild/latest/userguide/auth-and-access-control-iam-identity-based-access-control.html, "VPC network interface". */
function joinNetwork({ options: { network } }: Grounds): Right[] {
  if (network === undefined) return [];
  return [
    {
      sid: 'MakeNetworkInterface',
      actions: [
        'ec2:CreateNetworkInterface',
        'ec2:DeleteNetworkInterface',
        'ec2:DescribeDhcpOptions',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSubnets',
        'ec2:DescribeVpcs',
      ],
      resources: ['*'],
      why: 'the calls that describe know no resource; the interface is made and removed by CodeBuild, under no name that is known before',
    },
    {
      sid: 'AttachNetworkInterface',
      actions: ['ec2:CreateNetworkInterfacePermission'],
      resources: [localArn('ec2', 'network-interface/*')],
      conditions: {
        StringEquals: {
          'ec2:AuthorizedService': 'codebuild.amazonaws.com',
          'ec2:Subnet': network.subnetIds.map(subnet => localArn('ec2', `subnet/${subnet}`)),
        },
      },
      why: 'interfaces that are not yet made, held to the subnets by the condition',
    },
  ];
}
