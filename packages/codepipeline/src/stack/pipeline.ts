import { CfnPipeline } from 'aws-cdk-lib/aws-codepipeline';
import type { Construct } from 'constructs';
import { actionNames, artifactNames, stageNames, variableNamespaces } from '../names.ts';
import { type ProjectName, pipelineArn } from './arns.ts';
import type { PipelineOptions } from './options.ts';
import type { Project } from './projects.ts';
import type { Grounds } from './right.ts';
import { pipelineRights } from './rights.ts';
import { addServiceRole } from './roles.ts';
import { commitVariables, sourceAction, variablesOf } from './source.ts';

export interface Pipeline {
  readonly ref: string;
  readonly roleArn: string;
}

/** The projects that the pipeline runs; `deploy` only with a deployment. */
export type Projects = Readonly<Record<Exclude<ProjectName, 'deploy'>, Project>> & { readonly deploy?: Project };

/** The pipeline with its role: Source, Build (both architectures side by side, then the index) and, when asked for, Deploy. */
export function addPipeline(scope: Construct, { grounds, projects }: { grounds: Grounds; projects: Projects }): Pipeline {
  const { options, bucketName, keyArn } = grounds;
  const role = addServiceRole(scope, {
    id: 'PipelineRole',
    service: 'codepipeline.amazonaws.com',
    sourceArn: pipelineArn(options),
    description: `Runs the pipeline ${options.name}`,
    rights: pipelineRights(grounds),
    boundary: options.permissionsBoundaryArn,
  });
  const variables = variablesOf(options.source);
  const pipeline = new CfnPipeline(scope, 'Pipeline', {
    name: options.name,
    pipelineType: 'V2',
    executionMode: options.executionMode,
    roleArn: role.attrArn,
    restartExecutionOnUpdate: false,
    artifactStore: {
      type: 'S3',
      location: bucketName,
      ...(keyArn === undefined ? {} : { encryptionKey: { id: keyArn, type: 'KMS' } }),
    },
    stages: stagesOf(options, projects),
    ...(variables.length === 0 ? {} : { variables }),
  });
  return { ref: pipeline.ref, roleArn: role.attrArn };
}

function stagesOf(
  { source }: PipelineOptions,
  { amd64, arm64, index, deploy }: Projects,
): CfnPipeline.StageDeclarationProperty[] {
  const variables = { RUN_ID: '#{codepipeline.PipelineExecutionId}', ...commitVariables(source) };
  const build = [
    buildAction('amd64', { project: amd64, inputs: [artifactNames.source], variables, runOrder: 1 }),
    buildAction('arm64', { project: arm64, inputs: [artifactNames.source], variables, runOrder: 1 }),
    buildAction('index', { project: index, inputs: [artifactNames.amd64, artifactNames.arm64], variables, runOrder: 2 }),
  ];
  return [
    { name: stageNames.source, actions: [sourceAction(source)] },
    { name: stageNames.build, actions: build },
    ...(deploy === undefined ? [] : [{ name: stageNames.deploy, actions: [deployAction(deploy)] }]),
  ];
}

interface Run {
  readonly project: Project;
  /** The first one is where the build starts. */
  readonly inputs: readonly [string, ...string[]];
  readonly variables?: Readonly<Record<string, string>>;
  readonly runOrder: number;
}

function buildAction(name: 'amd64' | 'arm64' | 'index', run: Run): CfnPipeline.ActionDeclarationProperty {
  return {
    ...codeBuildAction(actionNames[name], run),
    outputArtifacts: [{ name: artifactNames[name] }],
    namespace: variableNamespaces[name],
  };
}

function deployAction(project: Project): CfnPipeline.ActionDeclarationProperty {
  return codeBuildAction(actionNames.deploy, { project, inputs: [artifactNames.index], runOrder: 1 });
}

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html: variables are handed over as one JSON text. */
function codeBuildAction(name: string, { project, inputs, variables, runOrder }: Run): CfnPipeline.ActionDeclarationProperty {
  return {
    name,
    actionTypeId: { category: 'Build', owner: 'AWS', provider: 'CodeBuild', version: '1' },
    configuration: {
      ProjectName: project.ref,
      ...(inputs.length > 1 ? { PrimarySource: inputs[0] } : {}),
      ...(variables === undefined ? {} : { EnvironmentVariables: JSON.stringify(Object.entries(variables).map(plainText)) }),
    },
    inputArtifacts: inputs.map(input => ({ name: input })),
    runOrder,
  };
}

function plainText([name, value]: readonly [string, string]): object {
  return { name, value, type: 'PLAINTEXT' };
}
