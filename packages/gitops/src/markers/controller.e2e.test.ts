import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ActionError } from '@eks-gitops/errors';
import { runImageSetters, withFolder } from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { describe, expect } from '@jest/globals';
import fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import { editMarkers, type PolicyImage } from './edit-markers.ts';
import { type GeneratedManifest, generatedManifests } from './generated-manifests.ts';
import { scanManifests } from './scan.ts';

const test = await testNeeding('image-setters');

type Files = Readonly<Record<string, string>>;

/** What each file means after an edit, document by document; or the code of the error that the edit ended with. */
type Outcome = Readonly<Record<string, unknown>> | string;

const digest = `sha256:${'0a'.repeat(32)}`;
const ui: PolicyImage = {
  policy: { namespace: 'shop', name: 'ui' },
  name: '123456789012.dkr.ecr.us-west-2.amazonaws.com/shop/ui',
  tag: 'i2',
};
const number: PolicyImage = { policy: { namespace: 'shop', name: 'number' }, name: 'localhost:5000/number', tag: '1.10' };
const pinned: PolicyImage = { policy: { namespace: 'dev', name: 'pinned.v2' }, name: 'pinned', tag: 'v2', digest };

/** `@ui`, `@number:tag`, … at the end of a line stand for markers. */
function marked(text: string): string {
  return [ui, number, pinned].reduce((written, { policy: { namespace, name } }) => {
    const word = new RegExp(`@${name}((?::[a-z]+)?)(?=[\\r\\n]|$)`, 'g');
    return written.replaceAll(word, (_, form: string) => `# {"$imagepolicy": "${namespace}:${name}${form}"}`);
  }, text);
}

/** Has the same files edited by us and by the controller's own update. */
async function editByBoth(files: Files, images: readonly PolicyImage[]): Promise<{ ours: Outcome; controllers: Outcome }> {
  return withFolder('markers', async folder => {
    const edits = {
      ours: async (root: string) => {
        const { changes } = editMarkers({ manifests: await scanManifests({ root, path: '.' }), images });
        for (const { path, content } of changes) await writeFile(join(root, path), content);
      },
      controllers: async (root: string) => {
        const policies = images.map(({ policy, name: image, ...rest }) => ({ ...policy, image, ...rest }));
        await runImageSetters({ folder: root, policies });
      },
    };
    const outcome = async (side: keyof typeof edits): Promise<Outcome> => {
      const root = join(folder, side);
      await writeFiles(root, files);
      return edits[side](root).then(() => readMeanings(root, files), codeOf);
    };
    return { ours: await outcome('ours'), controllers: await outcome('controllers') };
  });
}

function codeOf(error: unknown): string {
  return error instanceof ActionError ? error.code : 'failed';
}

async function writeFiles(root: string, files: Files): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

async function readMeanings(root: string, files: Files): Promise<Record<string, unknown>> {
  const meanings = Object.keys(files).map(async path => [path, meaning(await readFile(join(root, path), 'utf8'))] as const);
  return Object.fromEntries(await Promise.all(meanings));
}

/** The values of each document that holds any. */
function meaning(text: string): unknown[] {
  const documents = parseAllDocuments(text, { logLevel: 'silent' });
  const values = documents.map(document =>
    document.errors.length + document.warnings.length > 0 ? 'broken YAML' : document.toJS(),
  );
  return values.filter(value => value !== null);
}

const oddities: Files = {
  'deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: ui }
spec:
  template:
    spec:
      containers:
        - name: ui
          image: "public.ecr.aws/aws-containers/retail-store-sample-ui:0.4.0" @ui
        - image: old@sha256:00 @pinned.v2
          name: pinned
      initContainers:
      - { name: number, image: 'other:1' } # no marker
`,
  'forms.yaml': 'a: x @ui\nb: x @ui:name\nc: x @ui:tag\nd: x @pinned.v2\ne: x @pinned.v2:digest\nf: x @pinned.v2:tag\n',
  'helm-release.yml': 'kind: HelmRelease\nspec:\n  values:\n    image:\n      repository: r @ui:name\n      tag: t @ui:tag\n',
  'base/Kustomization': 'images:\n- name: ui\n  newName: x @ui:name\n  newTag: x @ui:tag\n  digest: x @pinned.v2:digest\n',
  'no-manifest.txt': 'image: other @ui\n',
  'cron-jobs.yaml': '---\nkind: CronJob\nimage: old @ui\n---\n# nothing\n---\nkind: CronJob\nimage: old @number\n',
  'numbers.yaml': 'a: old @number:tag\nb: "old" @number:tag\nc: \'old\' @number:tag\nd: "1.0" @number:tag\n',
  'quotes.yaml': 'a: "x" @ui\nb: \'it\'\'s\' @ui\nc: "" @ui\nd: "\\x41" @ui:tag\n',
  'anchors.yaml': 'a: &img old @ui\nb: *img\nc: !!str old @ui:tag\nd: !!str &x "old" @ui\n',
  'crlf.yaml': 'a: old @ui\r\nb:\r\n  - c: old @ui:tag\r\n',
  'mark.yaml': '\ufeffa: old @ui\nb: c\n',
  'no-end.yaml': 'a: b\nc: old @ui',
  'flow.yaml': 'a: {x: old, @ui\n    y: "z"}\nb: [x, old @ui:tag\n  ]\n',
  'json.yaml': '{\n  "a": "old" @ui\n  , "b": 1\n}\n',
  'next-line.yaml': 'a:\n  old @ui\n? k\n: old @ui:tag\n',
  'list.yaml': 'l:\n- old @ui\n-   x\n- x: 1\n  y: old @ui:tag\n- - old @ui\n',
  'above.yaml': 'l:\n- x\n@ui\n- old\n- y\nm:\n  @ui:tag\n  - old\n',
  'spaced.yaml': 'l:\n- x\n\n@ui\n\n- old\nm:\n- @ui\n  old\n',
  'beside.yaml': 'a: |+\n  # no @ui\n\nb: old @ui\nc: "x @ui"\nd: b # not {"$imagepolicy": "shop:ui"}\n',
  'spelling.yaml': 'a: x #{ "$imagepolicy" :"shop:ui" }\nb: x ## {"$imagepolicy": "shop:ui:tag", "z": "y"}\n',
  'others.yaml': 'a: x # {"$imagepolicy": "shop:other"}\nb: y # {"$imagepolicy": "shop2:ui:tag"}\n',
  'same.yaml': 'a: i2 @ui:tag\nb: pinned @pinned.v2:name\n',
  'unicode.yaml': '# Größe 🚀\nä: "🚀" @ui\nb: ü\n',
};

test('the controller’s own update and ours end in the same values at the same places, for every form and oddity', async () => {
  const files = Object.fromEntries(Object.entries(oddities).map(([path, text]) => [path, marked(text)]));
  const { ours, controllers } = await editByBoth(files, [ui, number, pinned]);
  expect(ours).toEqual(controllers);
  expect(JSON.stringify(ours)).not.toContain('old');
});

const seed = Math.floor(Math.random() * 2 ** 31);

test(`they do so for generated manifests (seed ${seed})`, async () => {
  const manifests = fc.sample(generatedManifests.filter(isPrintedWell), { seed, numRuns: 300 });
  // Parsers do not agree on whether a block scalar that ends with the file has a last newline.
  const files = Object.fromEntries(manifests.map(({ text }, n) => [`${n}.yaml`, `${text}\n`]));
  const { ours, controllers } = await editByBoth(files, [ui]);
  expect(ours).toEqual(controllers);
});

/** Not of what the controller spoils beside its markers: see the last two differences. */
function isPrintedWell({ text }: GeneratedManifest): boolean {
  return !/\}\r?\n *[}\]]/.test(text) && !text.includes('>+');
}

/** The text of a file, and what it means after either edit. */
interface Difference {
  readonly text: string;
  readonly ours: readonly unknown[] | string;
  readonly controllers: readonly unknown[] | string;
}

const image = `${ui.name}:i2`;
const list = `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Pod
  metadata: { name: ui }
  image: old @ui
`;
const listed = (value: string): object => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'ui' }, image: value });

const differences: Readonly<Record<string, Difference>> = {
  'the type of a number, a boolean or null stays as a tag of the text that replaces it': {
    text: 'a: 1.0 @ui:tag\n',
    ours: [{ a: 'i2' }],
    controllers: ['broken YAML'],
  },
  'a marker behind a flow collection is left alone': {
    text: 'image: { repository: r, tag: old } @ui:tag\n',
    ours: [{ image: { repository: 'r', tag: 'i2' } }],
    controllers: [{ image: { repository: 'r', tag: 'old' } }],
  },
  'a digest that is not known is emptied': { text: 'a: x @ui:digest\n', ours: 'MARKER_UNSAFE', controllers: [{ a: '' }] },
  'a marker at an alias is left alone': {
    text: 'a: &x old\nb: *x @ui\n',
    ours: 'MARKER_UNSAFE',
    controllers: [{ a: 'old', b: 'old' }],
  },
  'a marker at a key is left alone': { text: '? old @ui\n: b\n', ours: 'MARKER_UNSAFE', controllers: [{ old: 'b' }] },
  'a marker at nothing is left alone': { text: 'a: @ui\nb: c\n', ours: 'MARKER_UNSAFE', controllers: [{ a: null, b: 'c' }] },
  'a marker that another comment hides is left alone': {
    text: 'l:\n@ui\n- old # x\n',
    ours: 'MARKER_UNSAFE',
    controllers: [{ l: ['old'] }],
  },
  'a malformed marker is left alone': {
    text: 'a: old # {$imagepolicy: shop:ui}\n',
    ours: 'MARKER_UNSAFE',
    controllers: [{ a: 'old' }],
  },
  'a file with broken YAML is left alone': { text: 'a: old @ui\nb: [\n', ours: 'MANIFEST_INVALID', controllers: ['broken YAML'] },
  'a block scalar is rewritten': { text: 'a: |- @ui\n  old\n', ours: 'MARKER_UNSAFE', controllers: [{ a: image }] },
  'a value of several lines is rewritten': {
    text: 'a: "old\n  old" @ui\n',
    ours: 'MARKER_UNSAFE',
    controllers: [{ a: image }],
  },
  'a value with the tag of a number is rewritten, and keeps it': {
    text: 'a: !!int 5 @ui\n',
    ours: 'MARKER_UNSAFE',
    controllers: ['broken YAML'],
  },
  'one of two markers at a value wins': {
    text: 'l:\n@ui\n- old @ui:tag\n',
    ours: 'MARKER_UNSAFE',
    controllers: [{ l: ['i2'] }],
  },
  'one of two equal keys is edited': { text: 'a: old @ui\na: old\n', ours: 'MANIFEST_INVALID', controllers: ['broken YAML'] },
  'a marker on a line of its own that is not in line with its item counts': {
    text: 'l:\n@ui\n  - old\n',
    ours: 'MARKER_UNSAFE',
    controllers: [{ l: [image] }],
  },
  'a bare list as a document is left alone': { text: '- old @ui\n', ours: [[image]], controllers: [['old']] },
  'a bare scalar as a document is left alone': { text: 'old @ui\n', ours: [image], controllers: ['old'] },
  'what is behind a line of three dots is lost': {
    text: 'a: old @ui\n...\nb: old @ui\n',
    ours: [{ a: image }, { b: image }],
    controllers: [{ a: image }],
  },
  'a lone List stays as it is, its items go to files of their own': {
    text: list,
    ours: [{ apiVersion: 'v1', kind: 'List', items: [listed(image)] }],
    controllers: [{ apiVersion: 'v1', kind: 'List', items: [listed('old')] }],
  },
  'a lone List of what has no name stops it all': {
    text: 'kind: List\nitems:\n- image: old @ui\n',
    ours: [{ kind: 'List', items: [{ image }] }],
    controllers: 'failed',
  },
  'a bracket behind a marker loses its indentation': {
    text: 'a:\n  b: { c: old @ui\n    }\n',
    ours: [{ a: { b: { c: image } } }],
    controllers: ['broken YAML'],
  },
  'a folded text that keeps its end grows by a line': {
    text: 'a: old @ui\nb: >+\n  x\n\nc: d\n',
    ours: [{ a: image, b: 'x\n\n', c: 'd' }],
    controllers: [{ a: image, b: 'x\n\n\n', c: 'd' }],
  },
};

describe('they differ on purpose: with the controller', () => {
  for (const [name, { text, ours, controllers }] of Object.entries(differences)) {
    test(name, async () => {
      const outcomes = await editByBoth({ 'a.yaml': marked(text) }, [ui]);
      expect(outcomes).toEqual({ ours: ofFile(ours), controllers: ofFile(controllers) });
    });
  }
});

function ofFile(outcome: readonly unknown[] | string): Outcome {
  return typeof outcome === 'string' ? outcome : { 'a.yaml': outcome };
}
