import type { CiFacts, ReleaseRecord } from '@eks-gitops/action';
import { readInputs } from '@eks-gitops/action';
import type { NoWorkTree, WorkTree } from '@eks-gitops/gitops';
import { buildScope, parseRepository } from '@eks-gitops/images';
import { describe, expect, test } from '@jest/globals';
import { inputs } from './inputs.ts';
import { selectSources } from './selection.ts';

const image = 'localhost:5000/shop/ui';
const repository = parseRepository(image);
const revision = 'a'.repeat(40);
const digest = `sha256:${'1'.repeat(64)}`;
const github: CiFacts = { ci: 'github', runId: '42', attempt: 3, pullRequest: false };
const shell: CiFacts = { ci: 'none', pullRequest: false };
const noTree: NoWorkTree = { missing: 'repository' };
const tree: WorkTree = { root: '/src', path: 'src/ui', head: { commit: revision, committed: new Date(0) }, changes: [] };
const record: ReleaseRecord = {
  schema: 1,
  image,
  revision,
  commitTime: '2026-11-23T10:00:00Z',
  builds: [{ platform: 'linux/amd64', digest, stagingTag: 'build-42-ab-1-amd64' }],
};

function read(given: Record<string, string>) {
  const spelling = { name: (name: string) => name, give: (name: string) => `give ${name}` };
  return readInputs({ inputs, given: { image, ...given }, spelling, blanksTell: true });
}

function select(
  given: Record<string, string>,
  { workTree = noTree, facts = github }: { workTree?: WorkTree | NoWorkTree; facts?: CiFacts } = {},
) {
  return selectSources(read(given), { workspace: '/work', workTree, facts });
}

const scopeOf = (context: string, file = '', target = '') => buildScope({ repository, context, file, target });

describe('staged images are looked for', () => {
  test.each([
    [
      'without a checkout the context is taken from the root of the repository',
      { context: './src/ui/' },
      noTree,
      scopeOf('src/ui'),
    ],
    ['the root has the context .', {}, noTree, scopeOf('.')],
    ['with a checkout the context counts from where it lies in it', { context: '.' }, tree, scopeOf('src/ui')],
    ['file and target are part of the scope', { file: 'F', target: 'T' }, noTree, scopeOf('.', 'F', 'T')],
    ['a given scope stands', { scope: 'mine', context: 'src/ui' }, noTree, 'mine'],
  ])('%s', (_, given, workTree, scope) => {
    expect(select(given, { workTree })).toEqual({ kind: 'staged', runId: '42', scope, attempt: 3 });
  });

  test.each([
    ['by the commit outside a CI', {}, tree, shell, { runId: 'local-aaaaaaaa', attempt: 1 }],
    ['by a given revision outside a CI', { revision: 'b'.repeat(40) }, noTree, shell, { runId: 'local-bbbbbbbb', attempt: 1 }],
    ['by the given run before that of the CI', { 'run-id': 'x', attempt: '2' }, noTree, github, { runId: 'x', attempt: 2 }],
  ])('%s', (_, given, workTree, facts, run) => {
    expect(select(given, { workTree, facts })).toMatchObject(run);
  });

  test('not at all when nothing tells the run', () => {
    expect(() => select({}, { facts: shell })).toThrow(expect.objectContaining({ code: 'INPUT_MISSING' }));
  });
});

describe('a record', () => {
  const line = JSON.stringify(record);

  test('names the images by digest; sources go before it', () => {
    expect(select({ record: line })).toEqual({ kind: 'builds', builds: record.builds });
    expect(select({ record: line, sources: `${digest}\nother` })).toEqual({
      kind: 'references',
      references: [
        { ...repository, digest },
        { ...repository, tag: 'other' },
      ],
    });
    expect(select({ record: JSON.stringify({ ...record, builds: [] }) })).toMatchObject({ kind: 'staged' });
  });

  test.each([
    ['of another image', { record: JSON.stringify({ ...record, image: 'localhost:5000/shop/api' }) }],
    ['of another revision', { record: line, revision: 'b'.repeat(40) }],
  ])('%s is RECORD_MISMATCH', (_, given) => {
    expect(() => select(given)).toThrow(expect.objectContaining({ code: 'RECORD_MISMATCH' }));
  });
});

test.each([
  ['image', { image: `${image}:latest` }, 'REFERENCE_INVALID'],
  ['platforms', { platforms: 'amd64' }, 'PLATFORM_INVALID'],
  ['tags', { tags: 'v{version}' }, 'INPUT_INVALID'],
  ['annotations', { annotations: 'org.opencontainers.image.revision=x' }, 'INPUT_INVALID'],
  ['record', { record: '' }, 'RECORD_EMPTY'],
  ['on-existing-tag', { 'on-existing-tag': 'overwrite' }, 'INPUT_INVALID'],
])('a wrong %s is refused before anything is asked of a registry', (_, given, code) => {
  expect(() => read(given)).toThrow(expect.objectContaining({ code }));
});
