import type { ReleaseRecord } from '@eks-gitops/action';
import { ActionError } from '@eks-gitops/errors';
import { describe, expect, test } from '@jest/globals';
import { formatImage, parseImage, parseTarget, resolveTargets } from './target.ts';

const digest = `sha256:${'d'.repeat(64)}`;
const other = `sha256:${'e'.repeat(64)}`;
const ui = { namespace: 'flux-system', name: 'ui' };
const tagged = { name: 'registry.example:5000/shop/ui', tag: 'i20261123171720-ac8730e8' };
const record: ReleaseRecord = {
  schema: 1,
  image: tagged.name,
  revision: 'a'.repeat(40),
  commitTime: '2026-11-23T17:17:20Z',
  builds: [],
  index: { digest, tag: tagged.tag, platforms: ['linux/amd64'] },
};

function codeOf(run: () => unknown): string {
  try {
    run();
    return 'no error';
  } catch (thrown) {
    return thrown instanceof ActionError ? thrown.code : String(thrown);
  }
}

describe('a policy', () => {
  test.each([
    ['ui', { policy: ui }],
    ['flux-system:ui', { policy: ui }],
    ['shop/ui', { policy: { namespace: 'shop', name: 'ui' } }],
    ['ui=registry.example:5000/shop/ui:i20261123171720-ac8730e8', { policy: ui, image: tagged }],
  ])('is read from %s', (text, target) => {
    expect(parseTarget(text)).toEqual(target);
  });

  test.each(['', ':ui', 'a:b:c', 'Shop:ui', 'ui=', 'ui=shop/ui', '-ui'])('is not read from "%s"', text => {
    expect(() => parseTarget(text)).toThrow();
  });
});

describe('an image', () => {
  test.each([
    'shop/ui:1.2.3',
    'registry.example:5000/shop/ui:1',
    `123456789012.dkr.ecr.us-west-2.amazonaws.com/shop/ui:i20261123171720-ac8730e8@${digest}`,
  ])('%s is kept as it was written', text => {
    expect(formatImage(parseImage(text))).toBe(text);
  });

  test.each(['shop/ui', `shop/ui@${digest}`, 'shop/ui:1@sha256:abc', `shop/ui:1@${digest}@${digest}`, 'Shop/UI:1', 'ui:'])(
    '%s is none',
    text => {
      expect(() => parseImage(text)).toThrow();
    },
  );
});

describe('the image of a policy', () => {
  const policy = [{ policy: ui }];

  test.each([
    [
      'its own',
      { policy: [{ policy: ui, image: { ...tagged, tag: '2' } }], image: tagged, record: undefined },
      { ...tagged, tag: '2' },
    ],
    ['else the given one', { policy, image: tagged, record: undefined }, tagged],
    ['else the index of the record', { policy, image: undefined, record }, { ...tagged, digest }],
    ['the given one with the digest that the record knows', { policy, image: tagged, record }, { ...tagged, digest }],
  ])('is %s', (_, inputs, image) => {
    expect(resolveTargets(inputs)).toEqual([{ policy: ui, image }]);
  });

  test.each([
    ['INPUT_MISSING', 'there is none', { policy, image: undefined, record: undefined }],
    ['INPUT_MISSING', 'the record has no index', { policy, image: undefined, record: { ...record, index: undefined } as never }],
    ['INPUT_INVALID', 'a policy is named twice', { policy: [...policy, ...policy], image: tagged, record: undefined }],
    ['RECORD_MISMATCH', 'the record has another tag', { policy, image: { ...tagged, tag: '2' }, record }],
    ['RECORD_MISMATCH', 'the record has another digest', { policy, image: { ...tagged, digest: other }, record }],
  ])('is refused as %s when %s', (code, _, inputs) => {
    expect(codeOf(() => resolveTargets(inputs))).toBe(code);
  });
});
