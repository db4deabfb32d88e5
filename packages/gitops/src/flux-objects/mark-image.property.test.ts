import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseDocument } from 'yaml';
import { editMarkers } from '../markers/index.ts';
import { printed, style, tree, word } from './generated-yaml.ts';
import { markImage } from './mark-image.ts';

const policy = { namespace: 'flux-system', name: 'ui' };
const image = 'public.ecr.aws/shop/ui';
const named = fc.constantFrom<unknown>(
  { image: `${image}:1` },
  { name: 'ui', image: `${image}:1`, args: ['x'] },
  { image: { repository: image, tag: '1' }, replicas: 2 },
  { images: [{ name: 'ui', newName: image, newTag: '1' }] },
);

function marked(text: string): string | undefined {
  const wanted = { policy, path: '.', choice: { kind: 'image', images: [image], files: [] }, reflects: false } as const;
  return markImage({ texts: new Map([['a.yaml', text]]), notes: [] }, wanted).draft.texts.get('a.yaml');
}

test('whatever the style, a marked manifest means what it did, stays as it is, and is bumped as a whole', () => {
  const root = fc.record({ before: fc.dictionary(word, tree, { maxKeys: 2, noNullPrototype: true }), place: named, after: tree });
  fc.assert(
    fc.property(root, style, ({ before, place, after }, how) => {
      const text = printed({ ...before, place, after }, { ...how, flow: [false] });
      const once = marked(text) ?? '';
      expect(parseDocument(once).toJS()).toEqual(parseDocument(text).toJS());
      expect(marked(once)).toBe(once);
      const images = [{ policy, name: image, tag: '2' }];
      const bumped = editMarkers({ manifests: [{ path: 'a.yaml', content: Buffer.from(once) }], images });
      const expected = JSON.stringify(parseDocument(text).toJS()).replace(`${image}:1`, `${image}:2`);
      const values = JSON.stringify(parseDocument(Buffer.from(bumped.changes[0]?.content ?? []).toString()).toJS());
      expect(values).toBe(expected.replace('"tag":"1"', '"tag":"2"').replace('"newTag":"1"', '"newTag":"2"'));
    }),
    { numRuns: 200 },
  );
});
