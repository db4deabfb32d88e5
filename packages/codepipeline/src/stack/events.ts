import { CfnRule } from 'aws-cdk-lib/aws-events';
import { Aws } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { actionNames } from '../names.ts';
import { localArn, pipelineArn } from './arns.ts';
import type { PipelineOptions } from './options.ts';
import { addServiceRole } from './roles.ts';

/**
 * Starts the pipeline when the branch of a CodeCommit repository moves, at just the commit that it moved to
 * (https://docs.aws.amazon.com/codepipeline/latest/userguide/triggering.html). Connections tell of changes themselves.
 */
export function addChangeRule(
  scope: Construct,
  { options, pipelineName }: { options: PipelineOptions; pipelineName: string },
): void {
  const { name, source } = options;
  if (source.kind !== 'codecommit') return;
  const role = addServiceRole(scope, {
    id: 'ChangeRole',
    service: 'events.amazonaws.com',
    sourceArn: localArn('events', `rule/${changeRuleName(options)}`),
    description: `Starts the pipeline ${name}`,
    rights: [{ sid: 'StartPipeline', actions: ['codepipeline:StartPipelineExecution'], resources: [pipelineArn(options)] }],
    boundary: options.permissionsBoundaryArn,
  });
  new CfnRule(scope, 'ChangeRule', {
    name: changeRuleName(options),
    description: `A new commit on ${source.branch} of ${source.repository}`,
    eventPattern: {
      source: ['aws.codecommit'],
      'detail-type': ['CodeCommit Repository State Change'],
      resources: [localArn('codecommit', source.repository)],
      detail: {
        event: ['referenceCreated', 'referenceUpdated'],
        referenceType: ['branch'],
        referenceName: [source.branch],
      },
    },
    targets: [
      {
        id: 'pipeline',
        arn: localArn('codepipeline', pipelineName),
        roleArn: role.attrArn,
        inputTransformer: {
          inputPathsMap: { commit: '$.detail.commitId' },
          inputTemplate: JSON.stringify({
            sourceRevisions: [{ actionName: actionNames.source, revisionType: 'COMMIT_ID', revisionValue: '<commit>' }],
          }),
        },
      },
    ],
  });
}

function changeRuleName({ name }: PipelineOptions): string {
  return `${name}-change`;
}

/** Tells a topic of each execution that failed. The topic's own policy has to let `events.amazonaws.com` publish. */
export function addFailureRule(scope: Construct, options: PipelineOptions): void {
  const { name, failureTopicArn } = options;
  if (failureTopicArn === undefined) return;
  const page = `https://${Aws.REGION}.console.aws.amazon.com/codesuite/codepipeline/pipelines/${name}/executions/<execution>/timeline`;
  new CfnRule(scope, 'FailureRule', {
    description: `A failed execution of the pipeline ${name}`,
    eventPattern: {
      source: ['aws.codepipeline'],
      'detail-type': ['CodePipeline Pipeline Execution State Change'],
      detail: { pipeline: [name], state: ['FAILED'] },
    },
    targets: [
      {
        id: 'topic',
        arn: failureTopicArn,
        inputTransformer: {
          inputPathsMap: { execution: '$.detail.execution-id' },
          inputTemplate: `"The pipeline ${name} failed in the execution <execution>: ${page}"`,
        },
      },
    ],
  });
}
