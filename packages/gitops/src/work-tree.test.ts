import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { readWorkTree, type WorkTreeQuestion } from './work-tree.ts';

const folders = realpathSync(mkdtempSync(join(tmpdir(), 'work-tree-')));
afterAll(() => rmSync(folders, { recursive: true, force: true }));

const identity = {
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'C',
  GIT_COMMITTER_EMAIL: 'c@example.com',
};
const committed = new Date('2024-05-06T07:08:09Z');
const env = { PATH: process.env['PATH'], HOME: folders };

function git(folder: string, ...args: string[]): string {
  const dates = { GIT_AUTHOR_DATE: '2001-01-01T00:00:00Z', GIT_COMMITTER_DATE: '2024-05-06T09:08:09+02:00' };
  const allow = ['-c', 'protocol.file.allow=always'];
  return execFileSync('git', [...allow, ...args], {
    cwd: folder,
    env: { ...env, ...identity, ...dates },
    encoding: 'utf8',
    stdio: 'pipe',
  }).trim();
}

function repository(name: string, ...init: string[]): string {
  const folder = join(folders, name);
  mkdirSync(join(folder, 'src/ui'), { recursive: true });
  git(folder, 'init', '-q', ...init);
  writeFileSync(join(folder, 'src/ui/page'), 'one');
  writeFileSync(join(folder, 'readme'), 'one');
  writeFileSync(join(folder, '.gitignore'), 'ignored\n');
  git(folder, 'add', '.');
  git(folder, 'commit', '-qm', 'one');
  return folder;
}

function bareRepository(): string {
  git(folders, 'init', '-q', '--bare', 'bare');
  return join(folders, 'bare');
}

function read(folder: string, more: Partial<WorkTreeQuestion> = {}) {
  return readWorkTree({ folder, trusted: [], env, signal: new AbortController().signal, ...more });
}

describe('a clean work tree', () => {
  test('gives root, path, commit and committer time, and no changes', async () => {
    const folder = repository('clean');
    const head = { commit: git(folder, 'rev-parse', 'HEAD'), committed };
    expect(await read(folder)).toEqual({ root: folder, path: '.', head, changes: [] });
    expect(await read(join(folder, 'src/ui'))).toEqual({ root: folder, path: 'src/ui', head, changes: [] });
  });

  test('has commit ids of 64 digits with SHA-256 objects', async () => {
    const folder = repository('sha256', '--object-format=sha256');
    const tree = await read(folder);
    expect(tree).toMatchObject({ head: { commit: expect.stringMatching(/^[0-9a-f]{64}$/), committed } });
  });

  test('is read the same in a shallow clone, in a linked work tree and through a symbolic link', async () => {
    const origin = repository('origin');
    const head = { commit: git(origin, 'rev-parse', 'HEAD'), committed };
    git(folders, 'clone', '-q', '--depth=1', `file://${origin}`, 'shallow');
    git(origin, 'worktree', 'add', '-q', join(folders, 'linked'), '--detach');
    symlinkSync(join(origin, 'src'), join(folders, 'link'));
    expect(await read(join(folders, 'shallow'))).toMatchObject({ head, changes: [] });
    expect(await read(join(folders, 'linked'))).toMatchObject({ root: join(folders, 'linked'), head, changes: [] });
    expect(await read(join(folders, 'link'))).toMatchObject({ root: origin, path: 'src', head });
  });
});

describe('changes', () => {
  test('are tracked and untracked files of the folder alone, ignored ones left out', async () => {
    const folder = repository('dirty');
    writeFileSync(join(folder, 'readme'), 'two');
    expect(await read(join(folder, 'src/ui'))).toMatchObject({ changes: [] });
    writeFileSync(join(folder, 'src/ui/page'), 'two');
    writeFileSync(join(folder, 'src/ui/a new "file"'), '');
    writeFileSync(join(folder, 'src/ui/ignored'), '');
    expect(await read(join(folder, 'src/ui'))).toMatchObject({ changes: ['src/ui/page', 'src/ui/a new "file"'] });
    expect(await read(folder)).toMatchObject({ changes: ['readme', 'src/ui/page', 'src/ui/a new "file"'] });
  });

  test('of files beside the folder count where they are named and in the same work tree', async () => {
    const folder = repository('beside');
    const elsewhere = join(folders, 'elsewhere');
    for (const file of [join(folder, 'readme'), join(folder, 'new'), elsewhere]) writeFileSync(file, 'two');
    const readBeside = (...files: string[]) => read(join(folder, 'src/ui'), { files });
    expect(await readBeside(join(folder, 'readme'), join(folder, 'new'))).toMatchObject({ changes: ['readme', 'new'] });
    expect(await readBeside(join(folder, '.gitignore'), join(folder, 'none'), elsewhere)).toMatchObject({ changes: [] });
  });

  test('of a submodule count for the repository around it, and a submodule as the folder is a work tree of its own', async () => {
    const inner = repository('inner');
    const outer = repository('outer');
    git(outer, 'submodule', 'add', '-q', inner, 'module');
    git(outer, 'commit', '-qm', 'module');
    expect(await read(outer)).toMatchObject({ changes: [] });
    writeFileSync(join(outer, 'module/readme'), 'two');
    expect(await read(outer)).toMatchObject({ changes: ['module'] });
    const commit = git(inner, 'rev-parse', 'HEAD');
    expect(await read(join(outer, 'module'))).toMatchObject({
      root: join(outer, 'module'),
      head: { commit },
      changes: ['readme'],
    });
  });
});

describe('no commit to be had', () => {
  test('before the first commit there is no head, and every file is a change', async () => {
    const folder = join(folders, 'unborn');
    mkdirSync(folder);
    git(folder, 'init', '-q');
    writeFileSync(join(folder, 'page'), '');
    expect(await read(folder)).toEqual({ root: folder, path: '.', changes: ['page'] });
  });

  test.each([
    ['outside any repository', () => folders, 'repository'],
    ['in a bare repository', () => bareRepository(), 'repository'],
    ['in a .git folder', () => join(repository('inside'), '.git'), 'repository'],
  ])('%s', async (_, folder, missing) => {
    expect(await read(folder())).toEqual({ missing });
  });

  test('without a git program', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = folders;
    try {
      expect(await read(folders, { env: { PATH: folders } })).toEqual({ missing: 'git' });
    } finally {
      process.env['PATH'] = path;
    }
  });
});

test('variables of a git hook do not lead to another repository', async () => {
  const folder = repository('hooked');
  const other = repository('other');
  expect(await read(folder, { env: { ...env, GIT_DIR: join(other, '.git'), GIT_WORK_TREE: other } })).toMatchObject({
    root: folder,
  });
});

test('a damaged repository fails with the words of git', async () => {
  const folder = repository('damaged');
  writeFileSync(join(folder, '.git/index'), 'nonsense');
  await expect(read(folder)).rejects.toMatchObject({
    code: 'GIT_FAILED',
    failure: { detail: expect.stringContaining('index file') },
  });
});

test('an aborted signal ends the reading', async () => {
  await expect(read(repository('aborted'), { signal: AbortSignal.abort() })).rejects.toThrow('aborted');
});

test('somebody else’s repository is read only when it is trusted', async () => {
  const folder = repository('foreign');
  const own = process.getuid?.() === 0;
  if (own) chownSync(folder, 4321, 4321);
  const reading = read(folder, own ? {} : { env: { ...env, GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' } });
  await expect(reading).rejects.toMatchObject({
    code: 'GIT_FAILED',
    failure: { remedy: expect.stringContaining('safe.directory') },
  });
  expect(await read(folder, { trusted: [folder] })).toMatchObject({ root: folder });
});
