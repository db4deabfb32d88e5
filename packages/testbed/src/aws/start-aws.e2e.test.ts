import { CloudFormationClient, CreateChangeSetCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CodePipelineClient, GetPipelineExecutionCommand, ListPipelineExecutionsCommand } from '@aws-sdk/client-codepipeline';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { testNeeding } from '../needs.ts';
import { type ScriptedAws, type ScriptedCall, startAws } from './start-aws.ts';

const test = await testNeeding('moto');
const sandboxTest = await testNeeding('moto', 'sandbox');

const created = new Date('2026-11-25T01:00:00Z');
const seen: ScriptedCall[] = [];
let aws: ScriptedAws;

beforeAll(async () => {
  aws = await startAws({
    scripts: {
      cloudformation: call => {
        seen.push(call);
        if (call.operation === 'CreateChangeSet')
          return { kind: 'error', code: 'AlreadyExistsException', message: 'It <exists>.' };
        if (call.count === 1) return { kind: 'error', code: 'Throttling', message: 'Rate exceeded' };
        const parameters = [{ ParameterKey: 'a', ParameterValue: '1 & 2' }];
        const stack = { StackName: 'shop', CreationTime: created, StackStatus: 'CREATE_COMPLETE', Parameters: parameters };
        return { kind: 'output', output: { Stacks: [{ ...stack, DisableRollback: false }] } };
      },
      codepipeline: ({ operation, input }) => {
        if (operation === 'ListPipelineExecutions') return { kind: 'output', output: { nonsense: true } };
        if (input['pipelineExecutionId'] !== 'd6b9b8f5-8f0d-4a2b-9d8c-2f6a6d7c0a11') {
          return { kind: 'error', code: 'PipelineExecutionNotFoundException', message: 'There is none.' };
        }
        return { kind: 'output', output: { pipelineExecution: { pipelineName: 'shop', status: 'InProgress' } } };
      },
      logs: () => ({ kind: 'output', output: { events: [{ timestamp: created.getTime(), message: 'built' }] } }),
    },
  });
});

afterAll(async () => {
  await aws.stop();
});

function settings() {
  const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' };
  return { region: 'us-west-2', endpoint: aws.env['AWS_ENDPOINT_URL'] ?? '', credentials };
}

test('AWS’s own clients understand the query protocol, lists and errors of the models, and repeat what is throttled', async () => {
  const client = new CloudFormationClient(settings());
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: 'shop' }));
  expect(Stacks).toMatchObject([{ CreationTime: created, Parameters: [{ ParameterValue: '1 & 2' }], DisableRollback: false }]);
  const Tags = [
    { Key: 'a', Value: '1' },
    { Key: 'b', Value: 'two words' },
  ];
  const change = { StackName: 'shop', ChangeSetName: 'first', Tags, Capabilities: ['CAPABILITY_NAMED_IAM' as const] };
  await expect(client.send(new CreateChangeSetCommand({ ...change, IncludeNestedStacks: false }))).rejects.toMatchObject({
    name: 'AlreadyExistsException',
    message: 'It <exists>.',
  });
  expect(seen.at(-1)?.input).toEqual({ ...change, IncludeNestedStacks: false });
});

test('they understand JSON, and errors that the operation declares', async () => {
  const client = new CodePipelineClient(settings());
  const get = (pipelineExecutionId: string) =>
    client.send(new GetPipelineExecutionCommand({ pipelineName: 'shop', pipelineExecutionId }));
  expect((await get('d6b9b8f5-8f0d-4a2b-9d8c-2f6a6d7c0a11')).pipelineExecution?.status).toBe('InProgress');
  await expect(get('00000000-0000-0000-0000-000000000000')).rejects.toMatchObject({
    name: 'PipelineExecutionNotFoundException',
  });
  const logs = new CloudWatchLogsClient(settings());
  const { events } = await logs.send(new GetLogEventsCommand({ logStreamName: 'a' }));
  expect(events).toEqual([{ timestamp: created.getTime(), message: 'built' }]);
});

test('what the models do not allow is refused and recorded, on either side', async () => {
  expect(aws.violations()).toEqual([]);
  const client = new CodePipelineClient(settings());
  await expect(client.send(new ListPipelineExecutionsCommand({ pipelineName: 'no blanks' }))).rejects.toMatchObject({
    name: 'ValidationException',
  });
  await expect(client.send(new ListPipelineExecutionsCommand({ pipelineName: 'shop' }))).rejects.toThrow();
  expect(aws.violations()).toEqual([
    expect.stringContaining('codepipeline:ListPipelineExecutions: ListPipelineExecutionsInput.pipelineName is not'),
    expect.stringContaining('ListPipelineExecutionsOutput.nonsense is not known'),
  ]);
  expect(aws.calls().slice(0, 3)).toEqual([
    'cloudformation:DescribeStacks',
    'cloudformation:DescribeStacks',
    'cloudformation:CreateChangeSet',
  ]);
});

sandboxTest('they stand under AWS’s own host names in a sandbox', async () => {
  const here = await startAws({ scripts: { codepipeline: () => ({ kind: 'output', output: {} }) }, at: 'aws' });
  const { credentials, region } = settings();
  const client = new CodePipelineClient({ credentials, region });
  await client.send(new ListPipelineExecutionsCommand({ pipelineName: 'shop' }));
  expect(here.calls()).toEqual(['codepipeline:ListPipelineExecutions']);
  await here.stop();
});
