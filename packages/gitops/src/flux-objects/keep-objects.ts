import { ActionError, type Failure } from '@eks-gitops/errors';
import { isScalar } from 'yaml';
import { type PolicyName, printScalar } from '../markers/index.ts';
import { describeObject, type ImageObject } from './find-objects.ts';
import { isSameImage } from './image-name.ts';
import { entryAtEnd, itemAtEnd, scalarReplaced } from './insert.ts';
import { isSequence, mapAt, nodeAt, textAt } from './manifest.ts';
import { exclusions, releasePattern, type ScanSettings, stagingTags } from './object-text.ts';
import type { Splice } from './text-edit.ts';

/**
 * What an existing ImageRepository lacks: the provider, where the image is in Amazon ECR and nothing else gives credentials, and the
 * exclusion of staged images. Throws OBJECT_CONFLICT when it scans another image.
 */
export function repositoryEdits(object: ImageObject, { image }: ScanSettings): readonly Splice[] {
  const { root, manifest } = object;
  const { text } = manifest;
  const scanned = textAt(root, 'spec', 'image');
  const spec = mapAt(root, 'spec');
  if (spec === undefined || scanned === undefined || !isSameImage(scanned, image.name)) {
    throw conflict(object, { expected: `the image ${image.name}`, found: scanned ?? 'no image' });
  }
  const credentials = ['provider', 'secretRef', 'serviceAccountName'].some(key => nodeAt(spec, key) !== undefined);
  const provider =
    image.ecr !== undefined && !credentials ? [entryAtEnd(text, spec, { lines: ['provider: aws'], flow: 'provider: aws' })] : [];
  // Both may end at one place, and an item of the list comes before an entry after the list.
  return [...exclusionEdits(object), ...provider];
}

function exclusionEdits({ root, manifest: { text } }: ImageObject): readonly Splice[] {
  const spec = mapAt(root, 'spec');
  const list = nodeAt(spec, 'exclusionList');
  if (spec === undefined) return [];
  if (!isSequence(list)) {
    const items = exclusions.map(pattern => printScalar(pattern, 'single'));
    const entry = {
      lines: ['exclusionList:', ...items.map(item => `  - ${item}`)],
      flow: `exclusionList: [${items.join(', ')}]`,
    };
    return [entryAtEnd(text, spec, entry)];
  }
  const excluded = list.items.some(item => isScalar(item) && item.value === stagingTags);
  return excluded ? [] : [itemAtEnd(text, list, printScalar(stagingTags, 'single'))];
}

/** The ImageRepository that an ImagePolicy selects from. */
export function repositoryOf({ root }: ImageObject, { namespace, name }: PolicyName): PolicyName {
  const reference = mapAt(root, 'spec', 'imageRepositoryRef');
  return { namespace: textAt(reference, 'namespace') ?? namespace, name: textAt(reference, 'name') ?? name };
}

/**
 * What an existing ImagePolicy lacks: the anchored pattern, and the asked-for reflection of digests.
 * Throws OBJECT_CONFLICT when it orders otherwise, or extracts a part of the tags.
 */
export function policyEdits(object: ImageObject, { reflection }: ScanSettings): readonly Splice[] {
  const { root, manifest } = object;
  const spec = mapAt(root, 'spec');
  const order = textAt(spec, 'policy', 'alphabetical', 'order') ?? 'asc';
  if (nodeAt(spec, 'policy', 'alphabetical') === undefined || order.toLowerCase() !== 'asc') {
    throw conflict(object, { expected: 'the policy alphabetical, ascending', found: 'another order' });
  }
  if (nodeAt(spec, 'filterTags', 'extract') !== undefined) {
    throw conflict(object, { expected: 'whole tags, which are ordered by their time', found: 'filterTags.extract' });
  }
  const edits = [...patternEdits(object), ...reflectionEdits(object, reflection)];
  return edits.filter(({ start, end, text }) => manifest.text.slice(start, end) !== text);
}

function patternEdits({ root, manifest: { text } }: ImageObject): readonly Splice[] {
  const spec = mapAt(root, 'spec');
  const pattern = nodeAt(spec, 'filterTags', 'pattern');
  if (isScalar(pattern) && pattern.value === releasePattern) return [];
  if (pattern !== undefined && isScalar(pattern)) return [scalarReplaced(pattern, releasePattern)];
  const entry = `pattern: ${printScalar(releasePattern, 'single')}`;
  const filter = mapAt(spec, 'filterTags');
  if (filter !== undefined) return [entryAtEnd(text, filter, { lines: [entry], flow: entry })];
  return spec === undefined
    ? []
    : [entryAtEnd(text, spec, { lines: ['filterTags:', `  ${entry}`], flow: `filterTags: {${entry}}` })];
}

function reflectionEdits(object: ImageObject, reflection: ScanSettings['reflection']): readonly Splice[] {
  const { root, manifest } = object;
  const { text } = manifest;
  const spec = mapAt(root, 'spec');
  if (spec === undefined || reflection === undefined) return [];
  const present = nodeAt(spec, 'digestReflectionPolicy');
  const entry = `digestReflectionPolicy: ${reflection}`;
  const interval = nodeAt(spec, 'interval') !== undefined;
  if (interval && reflection !== 'Always') {
    throw conflict(object, { expected: `no interval, with digestReflectionPolicy ${reflection}`, found: 'an interval' });
  }
  const own =
    present === undefined ? entryAtEnd(text, spec, { lines: [entry], flow: entry }) : scalarReplaced(present, reflection);
  return reflection === 'Always' && !interval
    ? [own, entryAtEnd(text, spec, { lines: ['interval: 10m'], flow: 'interval: 10m' })]
    : [own];
}

/** OBJECT_CONFLICT, naming the object with file and line. */
export function conflict(object: ImageObject, facts: Pick<Failure, 'expected' | 'found'>): ActionError {
  return new ActionError({
    code: 'OBJECT_CONFLICT',
    message: `${describeObject(object)} exists already and means something else.`,
    ...facts,
    remedy: 'give this image a policy name of its own with policy, or change that object; nothing was written',
  });
}
