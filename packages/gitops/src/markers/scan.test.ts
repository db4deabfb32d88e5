import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { scanManifests } from './scan.ts';

const marked = 'image: a:1 # {"$imagepolicy": "ns:a"}\n';
const socket = createServer();
let outside: string;
let root: string;

function write(file: string, content: string | Uint8Array = marked): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), content);
}

beforeAll(async () => {
  outside = mkdtempSync(join(tmpdir(), 'scan-'));
  root = join(outside, 'repository');
  for (const file of ['b.yaml', 'a/x.yml', 'a/Kustomization', 'a/c/d.yaml', 'a-b.yaml', '.hidden/e.yaml']) write(file);
  for (const file of ['a/notes.md', 'a/x.yaml.bak', '.git/config.yaml', 'a/kustomization', 'Kustomization.txt']) write(file);
  write('plain.yaml', 'image: a:1\n');
  write('quotes.yaml', "image: a:1 # {'$imagepolicy': 'ns:a'}\n");
  write('latin.yaml', Buffer.from([0xe9, ...Buffer.from(marked)]));
  write('module/.git', 'gitdir: ../.git/modules/module\n');
  write('module/m.yaml');
  writeFileSync(join(outside, 'secret.yaml'), marked);
  symlinkSync('../secret.yaml', join(root, 'link.yaml'));
  symlinkSync('..', join(root, 'up'));
  symlinkSync('a', join(root, 'alias'));
  await once(socket.listen(join(root, 'socket.yaml')), 'listening');
});

afterAll(() => {
  socket.close();
  rmSync(outside, { recursive: true });
});

async function pathsIn(path: string): Promise<string[]> {
  return (await scanManifests({ root, path })).map(manifest => manifest.path);
}

test('every manifest with a marker is found, sorted; links, sockets, git and submodules are not', async () => {
  const all = ['.hidden/e.yaml', 'a-b.yaml', 'a/Kustomization', 'a/c/d.yaml', 'a/x.yml', 'b.yaml', 'latin.yaml', 'quotes.yaml'];
  expect(await pathsIn('.')).toEqual(all);
  expect(await pathsIn('')).toEqual(all);
});

test('without a token every manifest is found', async () => {
  const found = await scanManifests({ root, path: 'module', tokens: [''] });
  expect(found.map(({ path }) => path)).toEqual(['module/m.yaml']);
});

test('a path is a folder or one file, however it is written', async () => {
  const inA = ['a/Kustomization', 'a/c/d.yaml', 'a/x.yml'];
  expect(await pathsIn('a')).toEqual(inA);
  expect(await pathsIn('./a/')).toEqual(inA);
  expect(await pathsIn(join(root, 'a'))).toEqual(inA);
  expect(await pathsIn('a/../b.yaml')).toEqual(['b.yaml']);
  expect(await pathsIn('a/notes.md')).toEqual([]);
});

test('the bytes are those of the file', async () => {
  const [manifest] = await scanManifests({ root, path: 'latin.yaml' });
  expect(Buffer.from(manifest?.content ?? []).toString('latin1')).toBe(`é${marked}`);
});

test('other tokens find other files', async () => {
  const found = await scanManifests({ root, path: '.', tokens: ['image: a:1\n', "'ns:a'"] });
  expect(found.map(({ path }) => path)).toEqual(['plain.yaml', 'quotes.yaml']);
});

test.each([
  ['..', 'it leads out of the repository'],
  ['a/../../secret.yaml', 'it leads out of the repository'],
  ['/etc', 'it leads out of the repository'],
  ['up', '"up" is a symbolic link'],
  ['up/secret.yaml', '"up" is a symbolic link'],
  ['alias/x.yml', '"alias" is a symbolic link'],
  ['link.yaml', '"link.yaml" is a symbolic link'],
  ['a/none/x.yaml', '"a/none" does not exist'],
  ['.git', "it leads into git's own folder"],
])('the path %s is refused', async (path, found) => {
  await expect(scanManifests({ root, path })).rejects.toMatchObject({ code: 'INPUT_INVALID', failure: { found } });
});

test('a cancelled scan ends', async () => {
  await expect(scanManifests({ root, path: '.', signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
});
