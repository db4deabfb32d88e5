import { describe, expect, test } from '@jest/globals';
import type { PlaceChoice } from './find-places.ts';
import { markImage } from './mark-image.ts';
import { current, image, markedManifests, name, tag, whole } from './marked-manifests.ts';

const policy = { namespace: 'flux-system', name: 'ui' };
const byImage: PlaceChoice = { kind: 'image', images: [image, current], files: [] };

function mark(files: Readonly<Record<string, string>>, choice: PlaceChoice = byImage): Readonly<Record<string, string>> {
  const { draft } = markImage(
    { texts: new Map(Object.entries(files)), notes: [] },
    { policy, path: '.', choice, reflects: true },
  );
  return Object.fromEntries(draft.texts);
}

function markOne(text: string, choice?: PlaceChoice): string | undefined {
  return mark({ 'app.yaml': text }, choice)['app.yaml'];
}

describe('marks', () => {
  test.each(markedManifests)('%s', (_, before, after) => {
    expect(markOne(before)).toBe(after);
  });

  test.each(markedManifests)('%s, and again changes nothing', (_, __, after) => {
    expect(markOne(after)).toBe(after);
  });
});

test('after the image was replaced, the markers tell that all is done', () => {
  const text = `image: elsewhere/ui:2 ${whole}\n`;
  expect(markOne(text)).toBe(text);
});

test('an image of Docker Hub is found by its short name', () => {
  const choice: PlaceChoice = { kind: 'image', images: ['docker.io/library/nginx'], files: [] };
  expect(markOne('image: nginx:1\n', choice)).toBe(`image: nginx:1 ${whole}\n`);
});

describe('a place that is given', () => {
  const containers = `spec:\n  containers:\n  - name: web\n    image: a/web:1\n  - name: ui\n    image: a/ui:1\n`;
  const marked = containers.replace('a/ui:1', `a/ui:1 ${whole}`);

  test.each<[string, PlaceChoice]>([
    ['by the name of the container', { kind: 'container', container: 'ui', files: [] }],
    ['by its keys and a name', { kind: 'trail', trail: 'spec.containers[ui].image', files: [] }],
    ['by its keys and a position', { kind: 'trail', trail: 'spec.containers[1].image', files: ['app.yaml'] }],
  ])('%s', (_, choice) => {
    expect(markOne(containers, choice)).toBe(marked);
    expect(markOne(marked, choice)).toBe(marked);
  });

  test('of a custom resource, with a key that says the part', () => {
    const choice: PlaceChoice = { kind: 'trail', trail: 'spec."app.version".tag', files: [] };
    const text = 'spec:\n  app.version:\n    tag: "1"\n';
    expect(markOne(text, choice)).toBe(`spec:\n  app.version:\n    tag: "1" ${tag}\n`);
  });

  test('as the mapping that names the image by parts', () => {
    const choice: PlaceChoice = { kind: 'trail', trail: 'values.image', files: [] };
    const text = 'values:\n  image:\n    repository: a/b\n    tag: "1"\n';
    expect(markOne(text, choice)).toBe(`values:\n  image:\n    repository: a/b ${name}\n    tag: "1" ${tag}\n`);
  });

  test('as files, of which each is marked', () => {
    const files = { 'a.yaml': `image: ${current}:1\n`, 'b.yaml': `image: ${current}:1\n`, 'c.yaml': `image: ${current}:1\n` };
    const choice: PlaceChoice = { ...byImage, files: ['a.yaml', 'c.yaml'] };
    const once = mark(files, choice);
    expect(once).toEqual({ ...files, 'a.yaml': `image: ${current}:1 ${whole}\n`, 'c.yaml': `image: ${current}:1 ${whole}\n` });
    expect(mark(once, choice)).toEqual(once);
  });
});

describe('refuses', () => {
  test('an image that nothing names, listing what is near', () => {
    expect(() => mark({ 'app.yaml': 'kind: Pod\nimage: quay.io/old/ui:1\n', 'db.yaml': 'image: postgres:17\n' })).toThrow(
      expect.objectContaining({
        code: 'IMAGE_UNMARKED',
        failure: expect.objectContaining({ detail: 'app.yaml:2 image: quay.io/old/ui:1' }),
      }),
    );
  });

  test('several files of which none was chosen, listing them', () => {
    const files = { 'a.yaml': `image: ${current}:1\n`, 'b.yaml': `image: ${image}:2\n` };
    expect(() => mark(files)).toThrow(
      expect.objectContaining({
        code: 'IMAGE_UNMARKED',
        failure: expect.objectContaining({ detail: `a.yaml:1 image: ${current}:1\nb.yaml:1 image: ${image}:2` }),
      }),
    );
  });

  test('a value that follows another policy', () => {
    expect(() => markOne(`image: ${current}:1 # {"$imagepolicy": "flux-system:shop"}\n`)).toThrow(
      expect.objectContaining({
        code: 'OBJECT_CONFLICT',
        failure: expect.objectContaining({ found: `app.yaml:1 image: ${current}:1, marked for flux-system:shop` }),
      }),
    );
  });

  test('a file that does not exist', () => {
    expect(() => markOne('a: b\n', { ...byImage, files: ['none.yaml'] })).toThrow('There is no manifest none.yaml.');
  });

  test.each([
    ['a block scalar', `image: >-\n  ${current}:1\n`, 'block scalar'],
    ['a value over several lines', `image: "${current}\\\n  :1"\n`, 'several lines'],
    ['a flow mapping', `containers: [{image: "${current}:1"}]\n`, 'flow collection'],
    ['a chart without a tag', `image:\n  repository: ${current}\n`, 'no tag'],
    ['a registry apart', 'image:\n  registry: public.ecr.aws\n  repository: shop/ui\n  tag: "1"\n', 'stand apart'],
    ['a chart with an empty tag', `image:\n  repository: ${current}\n  tag: ""\n`, 'no tag'],
    ['a kustomization without a new name', `kind: Kustomization\nimages:\n- name: ${current}\n  newTag: "1"\n`, 'newName'],
  ])('%s, with file, line and reason', (_, text, reason) => {
    expect(() => markOne(text)).toThrow(
      expect.objectContaining({
        code: 'MARKER_UNSAFE',
        failure: expect.objectContaining({ detail: expect.stringMatching(new RegExp(`^app\\.yaml:\\d+ .*${reason}`)) }),
      }),
    );
  });
});
