import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type GitHubOptions, type GitHubRepositoryOptions, type LocalGitHub, startGitHub } from '@eks-gitops/testbed';
import { type GitHubTarget, openGitHub } from './client.ts';

/** For tests: a GitHub with the one repository octo/gitops, which has a branch main with one commit. */
export interface LocalRepository {
  readonly github: LocalGitHub;
  /** Runs git on the bare repository. */
  readonly git: (...args: string[]) => string;
  readonly head: (branch: string) => string;
  /** Commits a file with plain git, as somebody else. */
  readonly commitFile: (change: { branch: string; path: string; content: string; parent?: string }) => string;
  /** Merges a commit into a branch, as GitHub's button "Update branch" does. */
  readonly mergeInto: (merge: { branch: string; commit: string }) => void;
  readonly target: (options?: { token?: string; wait?: number; signal?: AbortSignal }) => GitHubTarget;
  readonly notices: string[];
  readonly stop: () => Promise<void>;
}

const identity = { NAME: 'Somebody', EMAIL: 'somebody@example.com' };

export type LocalOptions = Partial<GitHubOptions> & { repository?: Partial<GitHubRepositoryOptions> };

export async function startLocalRepository(options: LocalOptions): Promise<LocalRepository> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'local-github-')));
  const folder = join(root, 'gitops.git');
  const people = Object.fromEntries(
    Object.entries(identity).flatMap(([key, value]) => [
      [`GIT_AUTHOR_${key}`, value],
      [`GIT_COMMITTER_${key}`, value],
    ]),
  );
  const env = { PATH: process.env['PATH'], HOME: root, ...people };
  const run = (cwd: string, args: readonly string[]) =>
    execFileSync('git', args, { cwd, env, encoding: 'utf8', stdio: 'pipe' }).trim();
  const git = (...args: string[]) => run(folder, args);

  const seed = join(root, 'seed');
  mkdirSync(join(seed, 'apps/ui'), { recursive: true });
  writeFileSync(join(seed, 'apps/ui/deployment.yaml'), 'image: ui:1\n');
  writeFileSync(join(seed, 'apps/deploy.sh'), '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(join(seed, 'README.md'), 'GitOps\n');
  run(root, ['init', '-q', '-b', 'main', seed]);
  run(seed, ['add', '.']);
  run(seed, ['commit', '-qm', 'Begin']);
  run(root, ['clone', '-q', '--bare', seed, folder]);

  const { repository, ...server } = options;
  const github = await startGitHub({
    repositories: [{ name: 'octo/gitops', folder, ...repository }],
    tokens: [
      {
        token: 'writer',
        login: 'octocat',
        repositories: ['octo/gitops'],
        permissions: { contents: 'write', pull_requests: 'write' },
      },
      {
        token: 'reader',
        login: 'hubot',
        repositories: ['octo/gitops'],
        permissions: { contents: 'read', pull_requests: 'read' },
      },
      { token: 'stranger', login: 'mona', repositories: [], permissions: { contents: 'write' } },
    ],
    ...server,
  });
  const notices: string[] = [];
  let clones = 0;
  return {
    github,
    git,
    notices,
    head: branch => git('rev-parse', `refs/heads/${branch}`),
    commitFile: ({ branch, path, content, parent = branch }) => {
      const clone = join(root, `clone-${clones++}`);
      run(root, ['clone', '-q', folder, clone]);
      run(clone, ['checkout', '-q', '--detach', parent === branch ? `origin/${branch}` : parent]);
      mkdirSync(dirname(join(clone, path)), { recursive: true });
      writeFileSync(join(clone, path), content);
      run(clone, ['add', '.']);
      run(clone, ['commit', '-qm', `Change ${path}`]);
      run(clone, ['push', '-q', '--force', 'origin', `HEAD:refs/heads/${branch}`]);
      return run(clone, ['rev-parse', 'HEAD']);
    },
    mergeInto: ({ branch, commit }) => {
      const tree = git('merge-tree', '--write-tree', branch, commit);
      git('update-ref', `refs/heads/${branch}`, git('commit-tree', '-m', 'Merge', '-p', branch, '-p', commit, tree));
    },
    target: ({ token = 'writer', wait = 30_000, signal = new AbortController().signal } = {}) => ({
      github: openGitHub({
        token,
        apiUrl: github.url,
        signal,
        deadline: new Date(Date.now() + wait),
        onNotice: notice => notices.push(notice),
        retryDelays: [10, 20],
      }),
      repository: { owner: 'octo', name: 'gitops', apiUrl: github.url },
    }),
    stop: async () => {
      await github.stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
