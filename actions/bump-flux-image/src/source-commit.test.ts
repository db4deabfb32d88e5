import type { ReleaseRecord } from '@eks-gitops/action';
import { describe, expect, test } from '@jest/globals';
import { sourceCommit } from './source-commit.ts';

const policy = { namespace: 'flux-system', name: 'ui' };
const [ours, theirs] = [`ac8730e8${'0'.repeat(32)}`, `ffffffff${'0'.repeat(32)}`];
const image = { name: 'registry.example/ui', tag: 'i20261123171720-ac8730e8' };
const targets = [{ policy, image }];
const other = [{ policy, image: { name: 'registry.example/ui', tag: '1.2.3' } }];
const record: ReleaseRecord = {
  schema: 1,
  image: image.name,
  revision: ours,
  commitTime: '2026-11-23T17:17:20Z',
  builds: [],
  index: { digest: `sha256:${'d'.repeat(64)}`, tag: image.tag, platforms: ['linux/amd64'] },
};

describe('the commit that an image was built from', () => {
  test.each([
    ['the given one', { targets, record: undefined, given: ours, ci: theirs }, ours],
    ['else that of the record whose image is written', { targets, record, given: undefined, ci: theirs }, ours],
    ['not that of a record of another image', { targets: other, record, given: undefined, ci: undefined }, undefined],
    ['else the CI’s, where the tag speaks of it', { targets, record: undefined, given: undefined, ci: ours }, ours],
    ['or where the tag speaks of none', { targets: other, record: undefined, given: undefined, ci: theirs }, theirs],
    ['but not another than the tag’s', { targets, record: undefined, given: undefined, ci: theirs }, undefined],
  ])('is %s', (_, question, commit) => {
    expect(sourceCommit(question)).toBe(commit);
  });

  test.each([
    ['RECORD_MISMATCH', { targets, record, given: theirs, ci: undefined }],
    ['COMMIT_MISMATCH', { targets, record: undefined, given: theirs, ci: undefined }],
  ])('is refused as %s when it is contradicted', (code, question) => {
    expect(() => sourceCommit(question)).toThrow(expect.objectContaining({ code }));
  });
});
