import { describe, expect, test } from '@jest/globals';
import { editMarkers, type PolicyImage } from './edit-markers.ts';

const digest = `sha256:${'0a'.repeat(32)}`;
const ui: PolicyImage = { policy: { namespace: 'shop', name: 'ui' }, name: 'host/shop/ui', tag: 'i2' };

/** `@`, `@tag`, … at the end of a word stand for the markers of shop:ui. */
function marked(text: string): string {
  return text.replaceAll(
    /@(tag|name|digest)?(?=[\r\n]|$)/g,
    (_, form?: string) => `# {"$imagepolicy": "shop:ui${form === undefined ? '' : `:${form}`}"}`,
  );
}

function manifest(text: string, path = 'a.yaml'): { path: string; content: Uint8Array } {
  return { path, content: new TextEncoder().encode(marked(text)) };
}

function edited(text: string, image: PolicyImage = ui): string {
  const { changes } = editMarkers({ manifests: [manifest(text)], images: [image] });
  return changes.map(({ content }) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(content)).join('');
}

function failureOf(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

describe('the forms of a marker', () => {
  test('write the reference, the name, the tag', () => {
    expect(edited('a: x @\nb: x @name\nc: x @tag\n')).toBe(marked('a: host/shop/ui:i2 @\nb: host/shop/ui @name\nc: i2 @tag\n'));
  });

  test('with a digest pin the reference, and write the digest', () => {
    expect(edited('a: x @\nb: x @tag\nc: x @digest\n', { ...ui, digest })).toBe(
      marked(`a: host/shop/ui:i2@${digest} @\nb: i2 @tag\nc: ${digest} @digest\n`),
    );
  });
});

describe('only the bytes of the scalar change', () => {
  test.each([
    ['plain', 'image:   old   @\n', 'image:   i2   @\n'],
    ['single quotes', "a: 'it''s' @\n", "a: 'i2' @\n"],
    ['double quotes', 'a: "\\x41\\"" @\n', 'a: "i2" @\n'],
    ['an empty quoted value', 'a: "" @\n', 'a: "i2" @\n'],
    ['an anchor', 'a: &img old @\nb: *img\n', 'a: &img i2 @\nb: *img\n'],
    ['a tag', 'a: !!str old @\n', 'a: !!str i2 @\n'],
    ['a tag and an anchor', 'a: !!str &x "old" @\n', 'a: !!str &x "i2" @\n'],
    ['CRLF', 'a: old @\r\nb: c\r\n', 'a: i2 @\r\nb: c\r\n'],
    ['mixed line ends', 'a: old @\r\nb: c\nd: "old" @\n', 'a: i2 @\r\nb: c\nd: "i2" @\n'],
    ['a byte order mark', '\ufeffa: old @\n', '\ufeffa: i2 @\n'],
    ['no newline at the end', 'a: b\nc: old @', 'a: b\nc: i2 @'],
    ['a tab before the comment', 'a: old\t@\n', 'a: i2\t@\n'],
    ['characters of several bytes', '# Größe 🚀\nä: "🚀" @\nb: ü\n', '# Größe 🚀\nä: "i2" @\nb: ü\n'],
    ['blanks and comments', '\n\n# one\n\na:    old @\n\n\n# two\n', '\n\n# one\n\na:    i2 @\n\n\n# two\n'],
    ['a list', 'l:\n- old @\n-   x\n', 'l:\n- i2 @\n-   x\n'],
    ['a list of objects', 'l:\n  -   image: old @\n      name: x\n', 'l:\n  -   image: i2 @\n      name: x\n'],
    ['a flow mapping of several lines', 'a: {x: old, @\n    y: "z"}\n', 'a: {x: i2, @\n    y: "z"}\n'],
    ['a flow mapping in the style of JSON', '{\n  "a": "old" @\n  , "b": 1\n}\n', '{\n  "a": "i2" @\n  , "b": 1\n}\n'],
    ['a flow sequence', 'a: [x, old @\n  ]\n', 'a: [x, i2 @\n  ]\n'],
    ['a pair in a flow sequence', 'a: [x: old, @\n  y]\n', 'a: [x: i2, @\n  y]\n'],
    ['a value on the next line', 'a:\n  old @\n', 'a:\n  i2 @\n'],
    ['an explicit key', '? k\n: old @\n', '? k\n: i2 @\n'],
    ['documents', '---\na: old @\n--- # two\nb: 1\n...\n---\nc: old @\n', '---\na: i2 @\n--- # two\nb: 1\n...\n---\nc: i2 @\n'],
    ['a bare list', '- a\n- old @\n', '- a\n- i2 @\n'],
    ['a block scalar beside', 'a: |+\n  # no @\n\nb: old @\n', 'a: |+\n  # no @\n\nb: i2 @\n'],
    ['a marker in a value', `a: 'x @'\nb: old @\n`, `a: 'x @'\nb: i2 @\n`],
  ])('with %s', (_, before, after) => {
    const image = { ...ui, name: 'i2' };
    expect(edited(before.replaceAll(/@(?=[\r\n]|$)/g, '@tag'), image)).toBe(marked(after.replaceAll(/@(?=[\r\n]|$)/g, '@tag')));
  });
});

describe('a marker on a line of its own', () => {
  test.each([
    ['above a list item', 'l:\n- x\n@\n- old\n- y\n', 'l:\n- x\n@\n- host/shop/ui:i2\n- y\n'],
    ['above the first list item', 'l:\n  @\n  - old\n', 'l:\n  @\n  - host/shop/ui:i2\n'],
    ['with blank lines around', 'l:\n- x\n\n@\n\n- old\n', 'l:\n- x\n\n@\n\n- host/shop/ui:i2\n'],
    ['right below the key, a blank line away', 'l:\n@\n\n- old\n', 'l:\n@\n\n- host/shop/ui:i2\n'],
    ['below an inner list', 'l:\n- k:\n  - x\n@\n- old\n', 'l:\n- k:\n  - x\n@\n- host/shop/ui:i2\n'],
    ['below a commented item', 'l:\n- x # one\n@\n- old\n', 'l:\n- x # one\n@\n- host/shop/ui:i2\n'],
    ['behind the dash', 'l:\n- @\n  old\n', 'l:\n- @\n  host/shop/ui:i2\n'],
    ['in a flow sequence', 'l: [x,\n  @\n  old]\n', 'l: [x,\n  @\n  host/shop/ui:i2]\n'],
    ['above a value below its key', 'a:\n  @\n  old\n', 'a:\n  @\n  host/shop/ui:i2\n'],
  ])('counts %s', (_, before, after) => {
    expect(edited(before)).toBe(marked(after));
  });
});

describe('a marker behind a flow collection means', () => {
  test.each([
    ['its only value', 'a: {x: old} @\n', 'a: {x: host/shop/ui:i2} @\n'],
    ['the only item', 'a: [old] @\n', 'a: [host/shop/ui:i2] @\n'],
    ['the image', 'c: {name: ui, image: old, args: [x]} @\n', 'c: {name: ui, image: host/shop/ui:i2, args: [x]} @\n'],
    ['the tag', 'image: {repository: r, tag: old} @tag\n', 'image: {repository: r, tag: i2} @tag\n'],
    ['the repository', 'image: {repository: r, tag: t} @name\n', 'image: {repository: host/shop/ui, tag: t} @name\n'],
    ['the new name', '- {name: ui, newName: r, newTag: t} @name\n', '- {name: ui, newName: host/shop/ui, newTag: t} @name\n'],
    ['the new tag', '- {name: ui, newTag: "1"} @tag\n', '- {name: ui, newTag: "i2"} @tag\n'],
    ['the tag within', 'a: {image: {repository: r, tag: t}} @tag\n', 'a: {image: {repository: r, tag: i2}} @tag\n'],
    ['the tag of the inner one', 'a: [{tag: t}, {tag: u}, @tag\n  {tag: v}]\n', 'a: [{tag: t}, {tag: i2}, @tag\n  {tag: v}]\n'],
  ])('%s', (_, before, after) => {
    expect(edited(before)).toBe(marked(after));
  });
});

describe('a plain tag', () => {
  test.each([
    '1',
    '1.0',
    '007',
    '0o17',
    '0x1f',
    '1_000',
    '1e5',
    '.5',
    '1.',
    '-1',
    '+1',
    '20261123',
    '20261123100000',
    '12:30:45',
    '1:30',
    '2026-11-23',
    '2026-1-2',
    'true',
    'False',
    'yes',
    'NO',
    'on',
    'off',
    'y',
    'N',
    'null',
    'Null',
    '~',
    '.inf',
    '-.Inf',
    '.NaN',
    '0b11',
    '1__2',
    '-',
    '=',
    '<<',
  ])('%s is quoted', tag => {
    expect(edited('a: old @tag\nb: "old" @tag\n', { ...ui, tag })).toBe(marked(`a: "${tag}" @tag\nb: "${tag}" @tag\n`));
  });

  test.each([
    'v1',
    '1.2.3',
    '1.2.3-rc.1',
    'i20261123100000-01234567',
    'latest',
    'main-0123abc',
    '2026-11-23-x',
    '0x',
    '1e',
    'nullable',
    '_',
    'yes.',
  ])('%s stays plain', tag => {
    expect(edited('a: old @tag\n', { ...ui, tag })).toBe(marked(`a: ${tag} @tag\n`));
  });

  test('that was a number, a boolean or null before becomes text', () => {
    expect(edited('a: 1.0 @tag\nb: true @tag\nc: ~ @tag\n')).toBe(marked('a: i2 @tag\nb: i2 @tag\nc: i2 @tag\n'));
  });
});

test('the kind of an object does not matter, nor do several in one file', () => {
  const text = `apiVersion: apps/v1
kind: Deployment
spec:
  template:
    spec:
      initContainers: [{name: init, image: old}] @
      containers:
        - name: ui
          image: "host/shop/ui:i1"   @
          args: [--upstream=old, '--image=x'] # not a marker
---
apiVersion: batch/v1
kind: CronJob
spec: {jobTemplate: {spec: {template: {spec: {containers: [
  {name: c, image: old}, @
  {name: d, image: old}]}}}}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
spec:
  values:
    image: {repository: old, tag: "1.0"} @tag
    sidecar:
      repository: old @name
      tag: 1.0 @tag
    images:
    @
    - old
---
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
images:
- name: shop/ui
  newName: old @name
  newTag: i1 @tag
- {name: shop/api, newTag: i1} @tag
---
apiVersion: example.org/v1
kind: Shop
image: &image old @
again: *image
`;
  const lines = edited(text).split('\n');
  expect(lines.filter((line, index) => line !== marked(text).split('\n')[index])).toEqual(
    marked(`      initContainers: [{name: init, image: host/shop/ui:i2}] @
          image: "host/shop/ui:i2"   @
  {name: c, image: host/shop/ui:i2}, @
    image: {repository: old, tag: "i2"} @tag
      repository: host/shop/ui @name
      tag: i2 @tag
    - host/shop/ui:i2
  newName: host/shop/ui @name
  newTag: i2 @tag
- {name: shop/api, newTag: i2} @tag
image: &image host/shop/ui:i2 @`).split('\n'),
  );
});

test('a name with a port, and one with an IPv6 host, stay text everywhere', () => {
  expect(edited('a: {x: old} @\n', { ...ui, name: 'localhost:5000/ui' })).toBe(marked('a: {x: localhost:5000/ui:i2} @\n'));
  expect(edited('a: [old] @\n', { ...ui, name: '[::1]:5000/ui' })).toBe(marked('a: ["[::1]:5000/ui:i2"] @\n'));
});

test('several policies are written at once, others stay, and each marker is told with its place', () => {
  const text = 'a: x @\nb: y # {"$imagepolicy": "shop:api:tag"}\nc: z # {"$imagepolicy": "shop:db:tag"}\n';
  const api: PolicyImage = { policy: { namespace: 'shop', name: 'api' }, name: 'host/api', tag: 'y' };
  const { changes, edits } = editMarkers({
    manifests: [manifest(text), manifest('a: host/shop/ui:i2 @\n', 'b.yaml')],
    images: [ui, api],
  });
  expect(changes.map(({ path }) => path)).toEqual(['a.yaml']);
  expect(edits).toEqual([
    { path: 'a.yaml', line: 1, policy: ui.policy, form: 'reference', previous: 'x', next: 'host/shop/ui:i2' },
    { path: 'a.yaml', line: 2, policy: api.policy, form: 'tag', previous: 'y', next: 'y' },
    { path: 'b.yaml', line: 1, policy: ui.policy, form: 'reference', previous: 'host/shop/ui:i2', next: 'host/shop/ui:i2' },
  ]);
});

describe('what cannot be followed safely is refused with its line', () => {
  test.each([
    ['a block scalar', 'a: b\nc: |- @\n  old\n', 2, 'block scalar'],
    ['a folded scalar', 'c: > @\n  old\n', 1, 'block scalar'],
    ['an alias', 'a: &x old\nb: *x @\n', 2, 'alias'],
    ['a plain value of two lines', 'a: old\n  old @\n', 2, 'several lines'],
    ['a quoted value of two lines', 'a: "old\n  old" @\n', 2, 'several lines'],
    ['a value with the tag of a number', 'a: !!int 5 @\n', 1, '!!int'],
    ['no value', 'a: @\nb: c\n', 1, 'no value'],
    ['the key of a value below', 'a: @\n  old\n', 1, 'no value'],
    ['an explicit key', '? old @\n: b\n', 1, 'no value'],
    ['a document line', '--- @\na: old\n', 1, 'no value'],
    ['an opening bracket', 'a: [ @\n  old]\n', 1, 'no value'],
    ['a line above a key', 'x: y\n@\nimage: old\n', 2, 'a line of its own'],
    ['a line above an object of a list', 'l:\n@\n- image: old\n', 2, 'a line of its own'],
    ['a line at the end', 'a: old\n@\n', 2, 'a line of its own'],
    ['a line below another comment', 'l:\n# x\n@\n- old\n', 3, 'a line of its own'],
    ['a line above another comment', 'l:\n@\n# x\n- old\n', 2, 'a line of its own'],
    ['a line that closes what is above', 'l:\n- x\n@\n\n- old\n', 3, 'right below one value'],
    ['a line that closes what is above it by several', 'l:\n- |\n  x\n@\n\n- old\n', 4, 'right below one value'],
    ['a line that belongs to an inner list', 'l:\n- k:\n  - x\n  @\n- old\n', 4, 'a line of its own'],
    ['a line above a commented item', 'l:\n@\n- old # x\n', 2, 'hides the marker'],
    ['a flow mapping of two tags', 'a: {tag: x, newTag: y} @tag\n', 1, 'any of 2'],
    ['a flow sequence of two', 'a: [x, y] @\n', 1, 'any of 2'],
    ['an empty flow mapping', 'a: {} @\n', 1, 'none of its values'],
    ['malformed JSON', 'a: x # {$imagepolicy: shop:ui}\n', 1, 'is no marker'],
    ['a name without its namespace', 'a: x # {"$imagepolicy": "ui"}\n', 1, 'not of the form'],
  ])('%s', (_, text, line, reason) => {
    expect(failureOf(() => edited(`${text}z: fine @\n`.replace('- old\nz', '- old\n---\nz')))).toMatchObject({
      code: 'MARKER_UNSAFE',
      failure: {
        found: expect.stringMatching(new RegExp(`^a\\.yaml:${line}: .*${reason.replaceAll(/[.*+?^${}()|[\]\\!]/g, '\\$&')}`)),
      },
    });
  });

  test.each([
    ['broken YAML', 'a: x @\nb: [\n', 'a.yaml:3: the YAML is broken: '],
    ['an alias of nothing', 'a: x @\nb: *none\n', 'a.yaml:2: the YAML is broken: *none names no anchor'],
    ['a key that stands twice', 'a: x @\na: y\n', 'a.yaml:2: the YAML is broken: Map keys must be unique'],
    [
      'a broken document behind a good one',
      'a: x @\n---\nb: {{ .Values.x }}\nc: {{- if x }}\n',
      'a.yaml:4: the YAML is broken: ',
    ],
  ])('%s', (_, text, found) => {
    expect(failureOf(() => edited(text))).toMatchObject({
      code: 'MANIFEST_INVALID',
      failure: { found: expect.stringContaining(found) },
    });
  });

  test('a file that is not UTF-8', () => {
    const content = Buffer.concat([Buffer.from(marked('a: x @\n# ')), Buffer.from([0xe9])]);
    expect(failureOf(() => editMarkers({ manifests: [{ path: 'a.yaml', content }], images: [ui] }))).toMatchObject({
      code: 'MANIFEST_INVALID',
      failure: { found: 'a.yaml: the file is not UTF-8' },
    });
  });

  test('two markers at one value', () => {
    const text = 'l:\n@\n- x # {"$imagepolicy": "shop:db"}\n';
    expect(failureOf(() => edited(text))).toMatchObject({ code: 'MARKER_UNSAFE' });
    expect(failureOf(() => edited('a: {tag: x @tag\n  } @tag\n'))).toMatchObject({
      failure: { detail: expect.stringContaining('a.yaml:1: more than one marker') },
    });
  });

  test('all at once, and nothing is given to write', () => {
    const manifests = [
      manifest('a: &c |- @\n  x\nb: *c @\n', 'one.yaml'),
      manifest('a: [\n# "shop:ui"', 'two.yaml'),
      manifest('a: x @\n'),
    ];
    expect(failureOf(() => editMarkers({ manifests, images: [ui] }))).toMatchObject({
      code: 'MARKER_UNSAFE',
      failure: { detail: expect.stringMatching(/^one\.yaml:.*\n.*two\.yaml:2: /s) },
    });
  });

  test('a marker of a digest that is not known', () => {
    expect(failureOf(() => edited('a: x @tag\nb: x @digest\n'))).toMatchObject({
      code: 'MARKER_UNSAFE',
      failure: { found: ':digest markers at a.yaml:2' },
    });
  });
});

describe('what concerns other policies stands in nobody’s way', () => {
  test.each([
    ['broken YAML', 'a: x # {"$imagepolicy": "shop:ui-next"}\nb: [ui\n'],
    ['a marker at a block scalar', 'a: |- # {"$imagepolicy": "dev:ui"}\n  x\n'],
    ['a malformed marker', 'a: x # {"$imagepolicy": "dev:ui:version"}\n'],
  ])('%s is a notice', (_, text) => {
    const { changes, notices } = editMarkers({ manifests: [manifest(text), manifest('a: x @\n', 'b.yaml')], images: [ui] });
    expect(changes.map(({ path }) => path)).toEqual(['b.yaml']);
    expect(notices.map(({ path }) => path)).toEqual(['a.yaml']);
  });
});

describe('a policy without a marker', () => {
  test('is told, with the policies that have some', () => {
    const text =
      'a: x # {"$imagepolicy": "shop:u1"}\nb: x # {"$imagepolicy": "shop:u1:tag"}\nc: x # {"$imagepolicy": "dev:ui"}\n';
    expect(failureOf(() => edited(text))).toMatchObject({
      code: 'MARKER_MISSING',
      message: 'No marker of the policy shop:ui stands in the manifests.',
      failure: { found: 'markers of shop:u1 (a.yaml:1, a.yaml:2), dev:ui (a.yaml:3)' },
    });
  });

  test('is told together with others', () => {
    const images = ['x', 'y'].map(name => ({ ...ui, policy: { namespace: 'shop', name } }));
    expect(failureOf(() => editMarkers({ manifests: [manifest('a: x @\n')], images }))).toMatchObject({
      message: 'No marker of the policies shop:x, shop:y stands in the manifests.',
      failure: { found: 'markers of shop:ui (a.yaml:1)' },
    });
  });

  test('is told where there is no marker at all', () => {
    expect(failureOf(() => edited('a: x\n'))).toMatchObject({
      code: 'MARKER_MISSING',
      failure: { found: 'no marker of any policy' },
    });
  });
});
