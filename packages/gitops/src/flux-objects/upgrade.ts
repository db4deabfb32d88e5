import { isScalar, type ParsedNode, visit } from 'yaml';
import { describeObject, type ImageObject, imageObjects } from './find-objects.ts';
import { scalarReplaced } from './insert.ts';
import { type Manifest, nodeAt, openManifest } from './manifest.ts';
import { translateTemplate } from './message-template.ts';
import { imageApi } from './object-text.ts';
import { restructured } from './restructure.ts';
import { type Splice, spliced } from './text-edit.ts';

export interface Upgrade {
  readonly text: string;
  /** What was upgraded, and what could not be, a sentence each. */
  readonly notes: readonly string[];
}

const known: readonly string[] = ['v1alpha1', 'v1alpha2', 'v1beta1', 'v1beta2'];

/**
 * Upgrades the objects of Flux's image API in a manifest to v1, comments and all else kept: the version, a commit template that uses `.Updated`,
 * and the fields that v1alpha1 had elsewhere. What cannot be upgraded without a change of meaning stays, and is named.
 */
export function upgradeManifest(manifest: Manifest): Upgrade {
  const moves = imageObjects([manifest]).flatMap(moveFields);
  const steps = imageObjects([openManifest(manifest.path, spliced(manifest.text, moves))]).map(upgradeObject);
  const splices = steps.flatMap(step => step.splices);
  return { text: spliced(spliced(manifest.text, moves), splices), notes: steps.flatMap(({ note }) => note ?? []) };
}

const oldTemplate = ['spec', 'commit', 'messageTemplate'] as const;
const template = ['spec', 'git', 'commit', 'messageTemplate'] as const;

/** Only where all of the object can be upgraded. */
function moveFields(object: ImageObject): readonly Splice[] {
  if (!isOldAutomation(object) || templateEdit(object, oldTemplate) === 'untranslatable') return [];
  const move = restructured(object.manifest.text, object.root);
  return move === undefined ? [] : [move];
}

function isOldAutomation({ kind, version, root }: ImageObject): boolean {
  return kind === 'ImageUpdateAutomation' && version === 'v1alpha1' && nodeAt(root, 'spec', 'checkout') !== undefined;
}

interface Step {
  readonly splices: readonly Splice[];
  readonly note?: string;
}

function upgradeObject(object: ImageObject): Step {
  const { version, root } = object;
  const apiVersion = nodeAt(root, 'apiVersion');
  const current = version === 'v1';
  if (apiVersion === undefined || !(current || known.includes(version))) {
    return { splices: [], note: `${describeObject(object)} has the version ${version}, which is not known here: left as it is.` };
  }
  if (isOldAutomation(object)) return { splices: [], note: unmovable(object) };
  const translation = templateEdit(object, template);
  if (translation === 'untranslatable') return { splices: [], note: untranslatable(object) };
  const splices = [...(current ? [] : [scalarReplaced(apiVersion, imageApi)]), ...translation];
  if (splices.length === 0) return { splices };
  const what = current ? 'commit template translated to .Changed' : `upgraded from ${version} to v1`;
  return { splices, note: `${describeObject(object)}: ${what}.` };
}

/** Translated where it stands, if that gives the same as translating what YAML makes of it. */
function templateEdit({ root, manifest }: ImageObject, keys: readonly string[]): readonly Splice[] | 'untranslatable' {
  const node = nodeAt(root, ...keys);
  if (!isScalar(node) || typeof node.value !== 'string' || !node.value.includes('.Updated')) return [];
  const [start, end] = node.range;
  const text = translateTemplate(manifest.text.slice(start, end));
  const value = translateTemplate(node.value);
  if (text === undefined || value === undefined) return 'untranslatable';
  const splice = { start, end, text };
  return valueAfter(manifest, node, splice) === value ? [splice] : 'untranslatable';
}

/** What YAML makes of a scalar after an edit that leaves its start where it is. */
function valueAfter({ path, text }: Manifest, { range: [start] }: ParsedNode, splice: Splice): unknown {
  const found: unknown[] = [];
  for (const document of openManifest(path, spliced(text, [splice])).documents) {
    visit(document, { Scalar: (_, { range, value }) => void (range?.[0] === start && found.push(value)) });
  }
  return found[0];
}

function untranslatable(object: ImageObject): string {
  return `${describeObject(object)} was left as it is: its commit template uses .Updated, which Flux has removed, in a way that cannot be translated. Rewrite it with .Changed, and it will be upgraded.`;
}

function unmovable(object: ImageObject): string {
  return `${describeObject(object)} was left as it is: its checkout, commit or push of v1alpha1 cannot be moved under git, or its commit template not be translated. Rewrite them as Flux's API guide says under "Migrating from v1alpha1".`;
}
