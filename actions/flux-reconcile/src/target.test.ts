import type { ReleaseRecord } from '@eks-gitops/action';
import { describe, expect, test } from '@jest/globals';
import { fluxNames, parseFluxObject, parseGoalRevision, parseNamedImage, resolveTarget } from './target.ts';

const commit = 'a'.repeat(40);
const digest = `sha256:${'d'.repeat(64)}`;
const record: ReleaseRecord = {
  schema: 1,
  image: 'registry.example/ui',
  revision: 'c'.repeat(40),
  commitTime: '2026-11-23T10:17:30Z',
  builds: [],
  index: { digest, tag: '7', platforms: ['linux/amd64'] },
  gitops: { repository: 'https://example.com/gitops', branch: 'main', commit, policies: ['flux-system:ui'] },
};

test.each([
  ['apps', 'flux-system/apps'],
  ['shop/apps', 'shop/apps'],
  ['shop:apps', 'shop/apps'],
])('the name %s is %s', (given, expected) => {
  const [found] = fluxNames('Kustomization', [parseFluxObject(given)], 'flux-system');
  expect(`${found?.namespace}/${found?.name}`).toBe(expected);
});

test.each(['', 'a/b/c', '-apps', 'Apps', '--help'])('%j names no object', given => {
  expect(() => parseFluxObject(given)).toThrow('names no object');
});

test('a revision is a commit, alone or as Flux writes it, or a digest', () => {
  expect(parseGoalRevision(commit)).toEqual({ kind: 'commit', commit });
  expect(parseGoalRevision(`main@sha1:${commit}`)).toEqual({ kind: 'commit', commit });
  expect(parseGoalRevision(digest)).toEqual({ kind: 'digest', digest });
  for (const wrong of ['main', 'a1b2c3d4', commit.slice(1)]) expect(() => parseGoalRevision(wrong)).toThrow('neither');
});

describe('what is waited for', () => {
  const image = parseNamedImage('registry.example/ui:7');
  const nothing = { record: undefined, image: undefined, revision: undefined };

  test('is what the inputs say, else the record', () => {
    expect(resolveTarget(nothing)).toEqual({ goal: { kind: 'any' } });
    expect(resolveTarget({ ...nothing, record })).toEqual({
      goal: { kind: 'commit', commit },
      image: { name: 'registry.example/ui', tag: '7', digest },
    });
    expect(resolveTarget({ ...nothing, revision: { kind: 'digest', digest }, image }).goal).toEqual({ kind: 'digest', digest });
    expect(resolveTarget({ ...nothing, image, record }).image?.digest).toBe(digest);
  });

  test('is refused where the two differ', () => {
    const other = parseNamedImage('registry.example/ui:8');
    expect(() => resolveTarget({ ...nothing, record, image: other })).toThrow(
      expect.objectContaining({ code: 'RECORD_MISMATCH' }),
    );
    const revision = { kind: 'commit', commit: 'b'.repeat(40) } as const;
    expect(() => resolveTarget({ ...nothing, record, revision })).toThrow(expect.objectContaining({ code: 'RECORD_MISMATCH' }));
  });
});
