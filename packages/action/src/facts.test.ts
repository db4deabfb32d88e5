import { describe, expect, test } from '@jest/globals';
import { type CiFacts, readCiFacts } from './facts.ts';

const commit = '0123456789abcdef0123456789abcdef01234567';
type Environment = Readonly<Record<string, string>>;

const github: Environment = {
  GITHUB_ACTIONS: 'true',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_REPOSITORY: 'shop/ui',
  GITHUB_SHA: commit,
  GITHUB_REF_NAME: 'main',
  GITHUB_REF_TYPE: 'branch',
  GITHUB_HEAD_REF: '',
  GITHUB_RUN_ID: '815',
  GITHUB_RUN_ATTEMPT: '2',
  GITHUB_EVENT_NAME: 'push',
};

const codebuild: Environment = {
  CODEBUILD_BUILD_ID: 'shop:6e5f2ee8',
  CODEBUILD_RESOLVED_SOURCE_VERSION: commit,
  CODEBUILD_SOURCE_REPO_URL: 'https://github.com/shop/ui.git',
  CODEBUILD_BUILD_URL: 'https://us-west-2.console.aws.amazon.com/codebuild/1',
  CODEBUILD_START_TIME: '1763892000000',
  CODEBUILD_INITIATOR: 'GitHub-Hookshot/1',
  CODEBUILD_WEBHOOK_HEAD_REF: 'refs/heads/main',
  CODEBUILD_WEBHOOK_EVENT: 'PUSH',
};

const gitlab: Environment = {
  GITLAB_CI: 'true',
  CI_COMMIT_SHA: commit,
  CI_COMMIT_TIMESTAMP: '2026-11-23T10:15:00+01:00',
  CI_COMMIT_BRANCH: 'main',
  CI_PROJECT_URL: 'https://gitlab.com/shop/ui',
  CI_PIPELINE_ID: '42',
  CI_PIPELINE_URL: 'https://gitlab.com/shop/ui/-/pipelines/42',
  CI_PIPELINE_CREATED_AT: '2026-11-23T10:16:00Z',
  CI_PIPELINE_SOURCE: 'push',
};

const table: readonly (readonly [title: string, env: Environment, facts: CiFacts])[] = [
  ['outside a CI nothing is known', { HOME: '/home/dev' }, { ci: 'none', pullRequest: false }],
  [
    'a push on GitHub',
    github,
    {
      ci: 'github',
      commit,
      branch: 'main',
      repository: 'https://github.com/shop/ui',
      runId: '815',
      attempt: 2,
      runUrl: 'https://github.com/shop/ui/actions/runs/815',
      event: 'push',
      pullRequest: false,
    },
  ],
  [
    'a build on CodeBuild alone',
    codebuild,
    {
      ci: 'codebuild',
      commit,
      branch: 'main',
      repository: 'https://github.com/shop/ui',
      runId: 'shop:6e5f2ee8',
      runUrl: 'https://us-west-2.console.aws.amazon.com/codebuild/1',
      runStarted: '2025-11-23T10:00:00.000Z',
      event: 'PUSH',
      pullRequest: false,
    },
  ],
  [
    'a pipeline on GitLab',
    gitlab,
    {
      ci: 'gitlab',
      commit,
      commitTime: '2026-11-23T10:15:00+01:00',
      branch: 'main',
      repository: 'https://gitlab.com/shop/ui',
      runId: '42',
      runUrl: 'https://gitlab.com/shop/ui/-/pipelines/42',
      runStarted: '2026-11-23T10:16:00Z',
      event: 'push',
      pullRequest: false,
    },
  ],
];

test.each(table)('%s', (_, env, facts) => {
  expect(readCiFacts(env)).toEqual(facts);
});

describe('on GitHub', () => {
  test('a pull request is recognised, and its branch is the head', () => {
    const env = { ...github, GITHUB_EVENT_NAME: 'pull_request', GITHUB_HEAD_REF: 'fix', GITHUB_REF_NAME: '7/merge' };
    expect(readCiFacts(env)).toMatchObject({ pullRequest: true, branch: 'fix' });
  });

  test('a tag is no branch', () => {
    expect(readCiFacts({ ...github, GITHUB_REF_NAME: 'v1', GITHUB_REF_TYPE: 'tag' })).not.toHaveProperty('branch');
  });

  test('act says nothing of the run: its run id is always 1', () => {
    const facts = readCiFacts({ ...github, ACT: 'true', GITHUB_RUN_ID: '1' });
    expect(facts).not.toHaveProperty('runId');
    expect(facts).not.toHaveProperty('attempt');
    expect(facts).not.toHaveProperty('runUrl');
  });
});

describe('on CodeBuild', () => {
  test('a build of a CodePipeline is told from one alone, and its build id is not the run', () => {
    const facts = readCiFacts({ ...codebuild, CODEBUILD_INITIATOR: 'codepipeline/shop' });
    expect(facts.ci).toBe('codepipeline');
    expect(facts).not.toHaveProperty('runId');
  });

  test('the version of an S3 source is no commit', () => {
    expect(readCiFacts({ ...codebuild, CODEBUILD_RESOLVED_SOURCE_VERSION: 'Ab3.xyz' })).not.toHaveProperty('commit');
  });

  test('a pull request is recognised', () => {
    expect(readCiFacts({ ...codebuild, CODEBUILD_WEBHOOK_EVENT: 'PULL_REQUEST_UPDATED' }).pullRequest).toBe(true);
  });
});

test('a merge request on GitLab is a pull request from its source branch', () => {
  const { CI_COMMIT_BRANCH: _, ...env } = gitlab;
  const facts = readCiFacts({ ...env, CI_PIPELINE_SOURCE: 'merge_request_event', CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'fix' });
  expect(facts).toMatchObject({ pullRequest: true, branch: 'fix' });
});

test('on GitLab the default branch is known', () => {
  expect(readCiFacts({ ...gitlab, CI_DEFAULT_BRANCH: 'trunk' })).toMatchObject({ defaultBranch: 'trunk' });
});
