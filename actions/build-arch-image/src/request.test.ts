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
    dockerfile: 'FROM scratch\nCOPY page /page\n',
    defaultBranch: 'main',
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

test.each([
  ['ARG SOURCE_DATE_EPOCH', true],
  ['  arg MODE=a SOURCE_DATE_EPOCH=0', true],
  ['# ARG SOURCE_DATE_EPOCH', false],
  ['RUN echo $SOURCE_DATE_EPOCH', false],
])('the commit’s time is seen by the steps of a Dockerfile with the line %s: %s', (line, seen) => {
  expect(plan({}, { dockerfile: `FROM scratch\n${line}\nCOPY page /page\n` }).request.epochInSteps).toBe(seen);
});

describe('cache', () => {
  const push: CiFacts = { ci: 'github', pullRequest: false, commit, runId: '1', event: 'push', branch: 'main' };
  const { branch: _, ...tag } = push;
  const trunk = `type=registry,ref=${image}:cache-arm64-ui`;
  const fix = `${trunk}-fix-1c6e6c4c`;
  const kept = 'mode=max,image-manifest=true,oci-mediatypes=true,ignore-error=true';
  const other = { ...push, commit: '2'.repeat(40) };

  test.each<[string, Readonly<Record<string, string>>, CiFacts, string[], string[]]>([
    ['the default branch', {}, push, [trunk], [`${trunk},${kept}`]],
    ['another branch', {}, { ...push, branch: 'fix' }, [fix, trunk], [`${fix},${kept}`]],
    ['a pipeline of one branch', {}, { ci: 'codepipeline', pullRequest: false, runId: '1' }, [trunk], [`${trunk},${kept}`]],
    ['items of one’s own', { 'cache-from': 'a', 'cache-to': 'b' }, push, [trunk, 'a'], [`${trunk},${kept}`, 'b']],
    ['a pull request', {}, { ...push, event: 'pull_request', pullRequest: true, branch: 'fix' }, [fix, trunk], []],
    ['a pull request whose branch is called as the default one', {}, { ...push, pullRequest: true }, [trunk], []],
    ['push: false', { push: 'false' }, push, [trunk], []],
    ['a tag', {}, tag, [trunk], []],
    ['a run after a pull request’s, which checks out its commit', {}, { ...other, event: 'workflow_run' }, [trunk], []],
  ])('of %s', (_, given, facts, from, to) => {
    const { request, notices } = plan({ cache: 'registry', scope: 'ui', ...given }, { facts });
    expect({ from: request.cacheFrom, to: request.cacheTo }).toEqual({ from, to });
    expect(notices.filter(notice => notice.includes('is read and not written'))).toHaveLength(to.length === 0 ? 1 : 0);
  });

  test('in GitHub’s service is used where the service can be reached, and passed over with a notice elsewhere', () => {
    const reached = plan({ cache: 'gha', scope: 'ui' }, { facts: push, env: { ACTIONS_RUNTIME_TOKEN: 'hush' } });
    expect(reached.request.cacheFrom).toEqual(['type=gha,scope=cache-arm64-ui']);
    const { request, notices } = plan({ cache: 'gha' }, { facts: push });
    expect([request.cacheFrom, request.cacheTo, notices]).toEqual([[], [], [expect.stringContaining('ACTIONS_RUNTIME_TOKEN')]]);
  });

  test('does not change which build it is', () => {
    expect(plan({ cache: 'registry' }).expected).toEqual(plan().expected);
  });
});

describe('reuse: run', () => {
  test('asks for this attempt and those before it', () => {
    expect(plan({ reuse: 'run', scope: 'ui' }).reusableTags).toEqual(['build-99-ui-2-arm64', 'build-99-ui-1-arm64']);
  });

  test('asks for nothing unless it is given, for a build that is not staged, and for one that is not that of its commit', () => {
    const workTree = {
      root: '/checkout',
      path: 'src/ui',
      head: { commit, committed: new Date('2024-05-06T07:08:09Z') },
      changes: ['left-over'],
    };
    const plans = [plan(), plan({ reuse: 'run', stage: 'false' }), plan({ reuse: 'run', 'allow-dirty': 'true' }, { workTree })];
    expect(plans.map(({ reusableTags }) => reusableTags)).toEqual([[], [], []]);
  });
});
