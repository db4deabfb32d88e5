import { CfnProject } from 'aws-cdk-lib/aws-codebuild';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { logGroupName, type ProjectName, projectArn, projectName } from './arns.ts';
import { buildspecs } from './buildspecs.ts';
import type { PipelineOptions } from './options.ts';
import type { Grounds } from './right.ts';
import { projectRights } from './rights.ts';
import { addServiceRole } from './roles.ts';

export interface Project {
  readonly ref: string;
  readonly roleArn: string;
}

interface Machine {
  readonly type: string;
  readonly computeType: string;
  readonly image: string;
  /** Only where docker runs. */
  readonly privilegedMode: boolean;
}

/** Amazon Linux 2023 (https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html); sizes as in the lab. */
const x86 = { type: 'LINUX_CONTAINER', image: 'aws/codebuild/amazonlinux-x86_64-standard:6.0' };
const arm = { type: 'ARM_CONTAINER', image: 'aws/codebuild/amazonlinux-aarch64-standard:4.0' };
const machines: Readonly<Record<ProjectName, Machine>> = {
  amd64: { ...x86, computeType: 'BUILD_GENERAL1_LARGE', privilegedMode: true },
  arm64: { ...arm, computeType: 'BUILD_GENERAL1_LARGE', privilegedMode: true },
  index: { ...x86, computeType: 'BUILD_GENERAL1_SMALL', privilegedMode: false },
  deploy: { ...x86, computeType: 'BUILD_GENERAL1_SMALL', privilegedMode: false },
};

const ids: Readonly<Record<ProjectName, string>> = { amd64: 'Amd64', arm64: 'Arm64', index: 'Index', deploy: 'Deploy' };

/** Joining takes seconds; the waits of a deployment end by themselves within 25 minutes. */
const indexTimeoutMinutes = 15;
const deployTimeoutMinutes = 45;
const queuedTimeoutMinutes = 60;

interface ProjectContents {
  readonly project: ProjectName;
  readonly grounds: Grounds;
  readonly imageUri: string;
}

/** A CodeBuild project with its log group and its own role. */
export function addProject(scope: Construct, { project, grounds, imageUri }: ProjectContents): Project {
  const { options, keyArn } = grounds;
  const id = ids[project];
  const role = addServiceRole(scope, {
    id: `${id}Role`,
    service: 'codebuild.amazonaws.com',
    sourceArn: projectArn(options, project),
    description: descriptions(options)[project],
    rights: projectRights(project, grounds),
    boundary: options.permissionsBoundaryArn,
  });
  const logGroup = new CfnLogGroup(scope, `${id}Log`, {
    logGroupName: logGroupName(options, project),
    retentionInDays: options.logRetentionDays,
  });
  const made = new CfnProject(scope, `${id}Project`, {
    name: projectName(options, project),
    description: descriptions(options)[project],
    serviceRole: role.attrArn,
    source: { type: 'CODEPIPELINE', buildSpec: buildspecOf(project, options) },
    artifacts: { type: 'CODEPIPELINE' },
    environment: { ...machines[project], environmentVariables: variables(project, { options, imageUri }) },
    logsConfig: { cloudWatchLogs: { status: 'ENABLED', groupName: logGroup.ref } },
    timeoutInMinutes: timeoutOf(project, options),
    queuedTimeoutInMinutes: queuedTimeoutMinutes,
    ...(options.concurrentBuilds === undefined ? {} : { concurrentBuildLimit: options.concurrentBuilds }),
    ...(keyArn === undefined ? {} : { encryptionKey: keyArn }),
    ...(options.network === undefined ? {} : { vpcConfig: networkOf(options.network) }),
  });
  return { ref: made.ref, roleArn: role.attrArn };
}

function descriptions({ name }: PipelineOptions): Readonly<Record<ProjectName, string>> {
  return {
    amd64: `Builds the amd64 image of ${name}`,
    arm64: `Builds the arm64 image of ${name}`,
    index: `Joins the images of ${name} in one index`,
    deploy: `Waits until the cluster runs the release of ${name}`,
  };
}

function buildspecOf(project: ProjectName, options: PipelineOptions): string {
  const { build, index, deploy = '' } = buildspecs(options);
  return { amd64: build, arm64: build, index, deploy }[project];
}

function timeoutOf(project: ProjectName, { buildTimeoutMinutes }: PipelineOptions): number {
  return { amd64: buildTimeoutMinutes, arm64: buildTimeoutMinutes, index: indexTimeoutMinutes, deploy: deployTimeoutMinutes }[
    project
  ];
}

function networkOf({
  vpcId,
  subnetIds,
  securityGroupIds,
}: NonNullable<PipelineOptions['network']>): CfnProject.VpcConfigProperty {
  return { vpcId, subnets: [...subnetIds], securityGroupIds: [...securityGroupIds] };
}

/** What the buildspec reads, but for what differs from execution to execution. */
function variables(
  project: ProjectName,
  about: { options: PipelineOptions; imageUri: string },
): CfnProject.EnvironmentVariableProperty[] {
  const given = { TOOL_PACKAGE: about.options.toolPackage, ...ownVariables(project, about) };
  return Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value, type: 'PLAINTEXT' }]));
}

type Variables = Readonly<Record<string, string | undefined>>;

function ownVariables(project: ProjectName, { options, imageUri }: { options: PipelineOptions; imageUri: string }): Variables {
  const subject = { IMAGE: imageUri, CONTEXT: options.context, FILE: options.file, TARGET: options.target };
  switch (project) {
    case 'amd64':
    case 'arm64':
      return {
        ...subject,
        PLATFORM: `linux/${project}`,
        BUILD_ARGS: options.buildArgs.length === 0 ? undefined : options.buildArgs.join('\n'),
        BUILDKIT_IMAGE: options.buildkitImage,
        CACHE: options.cache ? 'registry' : undefined,
      };
    case 'index':
      return subject;
    case 'deploy':
      return deployVariables(options);
  }
}

function deployVariables({ deployment }: PipelineOptions): Variables {
  return {
    CLUSTER_NAME: deployment?.clusterName,
    KUSTOMIZATION: deployment?.kustomization,
    IMAGE_REPOSITORY: deployment?.imageRepository,
    WORKLOAD: deployment?.deployment,
    NAMESPACE: deployment?.namespace,
    INGRESS: deployment?.ingress,
  };
}
