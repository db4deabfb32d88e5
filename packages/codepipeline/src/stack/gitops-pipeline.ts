import { Aws, CfnOutput } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { stackOutputs } from '../names.ts';
import { addArtifactStore } from './artifacts.ts';
import { checkOptions } from './check-options.ts';
import { addAccessEntry } from './cluster-access.ts';
import { addChangeRule, addFailureRule } from './events.ts';
import { addGitHubRole } from './github-role.ts';
import type { PipelineOptions } from './options.ts';
import { addPipeline, type Projects } from './pipeline.ts';
import { addProject } from './projects.ts';
import { addRepository } from './repository.ts';
import { addSourceRepository } from './source.ts';

/** All that takes a commit to an image index in Amazon ECR and, when asked for, to running pods. Throws INPUT_INVALID. */
export class GitOpsPipeline extends Construct {
  /** By the names of the stack's outputs. */
  readonly outputs: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, options: PipelineOptions) {
    super(scope, id);
    checkOptions(options);
    const repository = addRepository(this, options);
    const { bucketName, keyArn } = addArtifactStore(this, options);
    addSourceRepository(this, options);
    const grounds = { options, bucketName, keyArn, repositoryArn: repository.arn };
    const about = { grounds, imageUri: repository.uri };
    const projects: Projects = {
      amd64: addProject(this, { project: 'amd64', ...about }),
      arm64: addProject(this, { project: 'arm64', ...about }),
      index: addProject(this, { project: 'index', ...about }),
      ...(options.deployment === undefined ? {} : { deploy: addProject(this, { project: 'deploy', ...about }) }),
    };
    if (projects.deploy !== undefined) addAccessEntry(this, { id: 'DeployAccess', roleArn: projects.deploy.roleArn, options });
    const pipeline = addPipeline(this, { grounds, projects });
    addChangeRule(this, { options, pipelineName: pipeline.ref });
    addFailureRule(this, options);
    this.outputs = given({
      [stackOutputs.repositoryUri]: repository.uri,
      [stackOutputs.pipelineName]: pipeline.ref,
      [stackOutputs.pipelineRoleArn]: pipeline.roleArn,
      [stackOutputs.amd64RoleArn]: projects.amd64.roleArn,
      [stackOutputs.arm64RoleArn]: projects.arm64.roleArn,
      [stackOutputs.indexRoleArn]: projects.index.roleArn,
      [stackOutputs.deployRoleArn]: projects.deploy?.roleArn,
      [stackOutputs.githubRoleArn]: addGitHubRole(this, grounds),
      [stackOutputs.cloneUrl]: cloneUrl(options),
      [stackOutputs.artifactBucket]: bucketName,
    });
    for (const [name, value] of Object.entries(this.outputs)) new CfnOutput(this, name, { value });
  }
}

/** Over HTTPS, which `git-remote-codecommit` and the credential helper of the AWS CLI sign. */
function cloneUrl({ source }: PipelineOptions): string | undefined {
  if (source.kind !== 'codecommit') return undefined;
  return `https://git-codecommit.${Aws.REGION}.${Aws.URL_SUFFIX}/v1/repos/${source.repository}`;
}

function given(values: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
