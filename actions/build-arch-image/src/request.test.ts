import { type CiFacts, readInputs } from '@eks-gitops/action';
import { formatError, toActionError } from '@eks-gitops/errors';
import { describe, expect, test } from '@jest/globals';
import { type BuildInputs, inputs } from './inputs.ts';
import { type BuildWorld, planBuild } from './request.ts';

const commit = '1'.repeat(40);
const image = '123456789012.dkr.ecr.us-west-2.amazonaws.com/shop/ui';

function read(given: Readonly<Record<string, string>>): BuildInputs {
  const spelling = { name: (name: string) => name, give: (name: string) => name };
  return readInputs({ inputs, given: { image, platform: 'linux/arm64', ...given }, spelling, blanksTell: false }) as BuildInputs;
}

function refusal(given: Readonly<Record<string, string>>): string {
  try {
    read(given);
    return 'accepted';
  } catch (thrown) {
    return formatError(toActionError(thrown));
  }
}

function plan(given: Readonly<Record<string, string>> = {}, world: Partial<BuildWorld> & { readonly facts?: CiFacts } = {}) {
  return planBuild(read(given), {
    workspace: '/checkout',
    workTree: { root: '/checkout', path: 'src/ui', head: { commit, committed: new Date('2024-05-06T07:08:09Z') }, changes: [] },
    facts: { ci: 'github', pullRequest: false, commit, runId: '99', attempt: 2 },
    env: {},
    now: new Date('2024-06-01T00:00:00Z'),
    ...world,
  });
}

describe('inputs', () => {
  test.each([
    ['image', `${image}:latest`, /without tag or digest/],
    ['platform', 'linux/amd64,linux/arm64', /one platform/],
    ['labels', 'no-value', /name=value/],
    ['build-args', '=x', /no name/],
    ['secrets', 'two words=x', /id=value/],
    ['secret-files', 'npm=', /npm is empty/],
    ['builder', 'unix://relative', /not a builder/],
    ['scope', 'a/b', /cannot be part of a tag/],
    ['attempt', '0', /whole number/],
    ['revision', 'main', /full commit id/],
    ['push', 'yes', /true or false/],
  ])('%s refuses %s', (name, value, message) => {
    expect(refusal({ [name]: value })).toMatch(message);
  });

  test('a refused secret is not told', () => {
    expect(refusal({ secrets: 'two words=hush' })).not.toContain('hush');
  });

  test('the plural that docker/build-push-action has is answered with the right name', () => {
    expect(refusal({ platforms: 'linux/amd64' })).toMatch(/platform\b/);
  });
});

describe('the staging tag', () => {
  test('names run, scope, attempt and platform', () => {
    expect(plan().stagingTag).toMatch(/^build-99-[0-9a-f]{8}-2-arm64$/);
    expect(plan({ scope: 'ui', 'run-id': 'mine', attempt: '3', platform: 'linux/arm/v6' }).stagingTag).toBe(
      'build-mine-ui-3-arm-v6',
    );
  });

  test('tells contexts, Dockerfiles and targets apart, and not attempts or build arguments', () => {
    const scope = (given: Readonly<Record<string, string>>) => plan(given).stagingTag.split('-')[2];
    const scopes = [{}, { file: 'a' }, { target: 'a' }, { image: `${image}2` }].map(scope);
    expect(new Set(scopes).size).toBe(4);
    expect([{ attempt: '9' }, { 'build-args': 'A=1' }].map(scope)).toEqual([scopes[0], scopes[0]]);
  });

  test('is local outside a CI, and absent where nothing is staged', () => {
    expect(plan({}, { facts: { ci: 'none', pullRequest: false } }).stagingTag).toMatch(/^build-local-11111111-/);
    expect([plan({ stage: 'false' }).stagingTag, plan({ push: 'false' }).stagingTag]).toEqual(['', '']);
  });
});

describe('labels', () => {
  test('of the action win over the user’s, with a notice where they differ', () => {
    const given = { labels: `org.opencontainers.image.revision=mine\nteam=shop\neks-gitops.commit-time=2024-05-06T07:08:09Z` };
    const { request, notices, expected } = plan(given);
    expect(request.labels).toEqual({
      team: 'shop',
      'org.opencontainers.image.revision': commit,
      'eks-gitops.commit-time': '2024-05-06T07:08:09Z',
      'eks-gitops.inputs': expected.inputs,
    });
    expect(notices).toEqual([expect.stringContaining('org.opencontainers.image.revision')]);
  });

  test('of the commit are annotations of the manifest too', () => {
    expect(plan().request.annotations).toEqual([
      `manifest:org.opencontainers.image.revision=${commit}`,
      'manifest:eks-gitops.commit-time=2024-05-06T07:08:09Z',
    ]);
  });
});

test('a build argument by name alone is another build with another value', () => {
  const digest = (value: string) => plan({ 'build-args': 'MODE' }, { env: { MODE: value } }).expected.inputs;
  expect(digest('a')).not.toBe(digest('b'));
  expect(plan({ 'build-args': 'MODE' }, { env: { MODE: 'a' } }).request.buildArgs).toEqual(['MODE']);
});

test.each([
  ['a push', {}, false, ['type=gha'], 0],
  ['a pull request', {}, true, [], 1],
  ['push: false', { push: 'false' }, false, [], 1],
])('%s writes caches as it may', (_, given, pullRequest, written, notices) => {
  const planned = plan({ 'cache-to': 'type=gha', ...given }, { facts: { ci: 'github', pullRequest, commit, runId: '1' } });
  expect({ written: planned.request.cacheTo, notices: planned.notices.length }).toEqual({ written, notices });
});
