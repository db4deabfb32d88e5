import { describe, expect, test } from '@jest/globals';
import { homeGiven, homeOf, registered } from './kustomization.ts';
import { openManifest } from './manifest.ts';

function register(text: string, file: string, path = 'apps/ui/kustomization.yaml'): string {
  return registered(openManifest(path, text), file);
}

describe('a file is listed in a kustomization', () => {
  test.each([
    [
      'as the last resource',
      'resources:\n  - a.yaml # a\n\nimages: []\n',
      'resources:\n  - a.yaml # a\n  - new.yaml\n\nimages: []\n',
    ],
    ['in its quotes', "resources:\n- 'a.yaml'\n", "resources:\n- 'a.yaml'\n- 'new.yaml'\n"],
    ['with its leading dot', 'resources:\n- ./a.yaml\n- ./b\n', 'resources:\n- ./a.yaml\n- ./b\n- ./new.yaml\n'],
    ['in flow style', 'resources: [a.yaml, b.yaml]\n', 'resources: [a.yaml, b.yaml, new.yaml]\n'],
    ['in an empty list', 'resources: []\n', 'resources: [new.yaml]\n'],
    [
      'where the list has no items',
      'resources: # none yet\nnamespace: ui\n',
      'resources: # none yet\n  - new.yaml\nnamespace: ui\n',
    ],
    [
      'where there is no list',
      'kind: Kustomization\r\nnamespace: ui\r\n',
      'kind: Kustomization\r\nnamespace: ui\r\nresources:\r\n  - new.yaml\r\n',
    ],
    ['where there is only a comment', '# ours', '# ours\nresources:\n  - new.yaml\n'],
  ])('%s', (_, before, after) => {
    expect(register(before, 'apps/ui/new.yaml')).toBe(after);
    expect(register(after, 'apps/ui/new.yaml')).toBe(after);
  });

  test('by its path from there', () => {
    expect(register('resources: []\n', 'apps/ui/new.yaml', 'Kustomization')).toBe('resources: [apps/ui/new.yaml]\n');
    expect(register('resources: []\n', 'apps/new.yaml')).toBe('resources: [../new.yaml]\n');
  });
});

const plain = 'resources: []\n';
const moving = 'namespace: ui\nresources: []\n';

function home(texts: Readonly<Record<string, string>>) {
  const { folder, kustomization } = homeOf({
    texts: new Map(Object.entries(texts)),
    folder: 'apps/ui',
    namespace: 'flux-system',
  });
  return { folder, kustomization: kustomization?.path };
}

describe('new objects of flux-system go', () => {
  test.each([
    [
      'beside the app',
      { 'apps/ui/kustomization.yaml': plain, 'apps/kustomization.yaml': plain },
      'apps/ui',
      'apps/ui/kustomization.yaml',
    ],
    ['beside it, listed above', { 'apps/Kustomization': plain }, 'apps/ui', 'apps/Kustomization'],
    ['beside it, where Flux lists them', {}, 'apps/ui', undefined],
    [
      'beside it, where all goes to that namespace',
      { 'apps/ui/kustomization.yml': 'namespace: flux-system\n' },
      'apps/ui',
      'apps/ui/kustomization.yml',
    ],
    [
      'above what moves them',
      { 'apps/ui/kustomization.yaml': moving, 'apps/kustomization.yaml': plain },
      'apps',
      'apps/kustomization.yaml',
    ],
    [
      'above what renames them, and all below it',
      { 'apps/ui/kustomization.yaml': plain, 'apps/kustomization.yaml': 'namePrefix: x-\n', 'kustomization.yaml': plain },
      '.',
      'kustomization.yaml',
    ],
  ])('%s', (_, texts, folder, kustomization) => {
    expect(home(texts)).toEqual({ folder, kustomization });
  });

  test('nowhere, when nothing is out of the reach of what moves them', () => {
    expect(() => home({ 'apps/ui/kustomization.yaml': moving })).toThrow(
      expect.objectContaining({
        code: 'OBJECT_MISPLACED',
        failure: expect.objectContaining({ found: 'apps/ui/kustomization.yaml moves all to the namespace ui' }),
      }),
    );
  });
});

test('a given place is refused when the objects would be renamed there', () => {
  const texts = new Map([['apps/kustomization.yaml', 'nameSuffix: -blue\n']]);
  expect(() => homeGiven({ texts, folder: 'apps/ui', namespace: 'flux-system' })).toThrow(
    expect.objectContaining({ code: 'OBJECT_MISPLACED' }),
  );
  expect(homeGiven({ texts, folder: 'clusters/one', namespace: 'flux-system' })).toEqual({ folder: 'clusters/one' });
});
