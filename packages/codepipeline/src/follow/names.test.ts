import { expect, test } from '@jest/globals';
import { parseLogStreamArn } from './builds.ts';
import { executionUrl } from './console-url.ts';
import { actionRun, at } from './execution-fixture.ts';
import { describeVariables, imageOfBuild, readIndexOutput } from './index-output.ts';
import { parsePipelineName } from './pipeline-name.ts';

test.each([
  ['shop', { name: 'shop', region: undefined }],
  ['arn:aws:codepipeline:us-west-2:123456789012:shop', { name: 'shop', region: 'us-west-2' }],
  ['arn:aws-cn:codepipeline:cn-north-1:123456789012:a.b@c-d_e', { name: 'a.b@c-d_e', region: 'cn-north-1' }],
])('%s is a pipeline', (text, name) => {
  expect(parsePipelineName(text)).toEqual(name);
});

test.each(['', 'a b', 'arn:aws:codebuild:us-west-2:123456789012:shop', 'x'.repeat(101)])('%j is none', text => {
  expect(() => parsePipelineName(text)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
});

test.each([
  [
    'us-west-2',
    'https://us-west-2.console.aws.amazon.com/codesuite/codepipeline/pipelines/a%40b/executions/e1/timeline?region=us-west-2',
  ],
  [
    'cn-north-1',
    'https://cn-north-1.console.amazonaws.cn/codesuite/codepipeline/pipelines/a%40b/executions/e1/timeline?region=cn-north-1',
  ],
])('an execution is seen in the console of %s', (region, url) => {
  expect(executionUrl({ region, pipeline: 'a@b', id: 'e1' })).toBe(url);
});

test('a log stream is known by its ARN', () => {
  const arn = 'arn:aws:logs:us-west-2:123456789012:log-group:/aws/codepipeline/shop:log-stream:a/b';
  expect(parseLogStreamArn(arn)).toEqual({ group: '/aws/codepipeline/shop', stream: 'a/b' });
  expect(parseLogStreamArn('arn:aws:logs:us-west-2:123456789012:log-group:/aws/x')).toBeUndefined();
});

test('an index is told by the newest run of its action', () => {
  const first = actionRun({ action: 'build_index', variables: { DIGEST: 'old', TAG: 't' } });
  const second = actionRun({ id: 'b', action: 'build_index', started: at(9), variables: { DIGEST: 'new' } });
  const own = { action: undefined, digest: undefined, tag: undefined };
  expect(readIndexOutput([second, first], own)).toEqual({ run: second, digest: 'new', tag: '' });
  expect(readIndexOutput([second, first], { ...own, action: 'Build/build_index', tag: 'DIGEST' })?.tag).toBe('new');
  expect(readIndexOutput([second, first], { ...own, action: 'Deploy/build_index' })).toBeUndefined();
  expect(readIndexOutput([first], { ...own, digest: 'IMAGE' })).toBeUndefined();
  expect(describeVariables([first])).toBe('Build/build_index (DIGEST, TAG)');
  expect(describeVariables([actionRun()])).toBe('no action has output variables');
});

test('a build’s image is that of its environment', () => {
  const variables = (value: string) => ({ environment: { environmentVariables: [{ name: 'IMAGE', value }] } });
  const environment = { type: 'LINUX_CONTAINER', image: 'x', computeType: 'BUILD_GENERAL1_SMALL' } as const;
  expect(imageOfBuild({ environment: { ...environment, ...variables('a/b').environment } })).toBe('a/b');
  expect(imageOfBuild({ environment: { ...environment, ...variables('').environment } })).toBeUndefined();
  expect(imageOfBuild({})).toBeUndefined();
});
