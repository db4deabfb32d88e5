import { ActionError } from '@eks-gitops/errors';
import { isSamePolicy } from '../markers/index.ts';
import { type CoveringAutomation, findCovering } from './covering.ts';
import { type Draft, drafted, editedTexts, manifestsIn, mayHoldImageObjects } from './draft.ts';
import { describeObject, type ImageObject, imageObjects, objectNamed } from './find-objects.ts';
import { commonFolder } from './folder.ts';
import { entryAtEnd } from './insert.ts';
import { conflict, policyEdits, repositoryEdits, repositoryOf } from './keep-objects.ts';
import { mapAt, nodeAt, textAt } from './manifest.ts';
import {
  type AutomationSettings,
  imagePolicy,
  imageRepository,
  imageUpdateAutomation,
  type ScanSettings,
} from './object-text.ts';
import type { Splice } from './text-edit.ts';

/**
 * Who commits new tags. `flux`: an ImageUpdateAutomation, over `folder`, by default the folder that holds all markers. `action`: bump-flux-image;
 * an automation that would write the same markers is suspended if so asked.
 */
export type Automation =
  | ({ readonly kind: 'flux'; readonly folder?: string } & Omit<AutomationSettings, 'policy' | 'folder'>)
  | { readonly kind: 'action'; readonly suspend: boolean };

export interface ObjectsWanted {
  readonly scan: ScanSettings;
  readonly automation: Automation;
  /** The files with the policy's markers. */
  readonly files: readonly [string, ...string[]];
}

export interface Ensured {
  readonly draft: Draft;
  /** The documents of objects that do not exist yet. */
  readonly missing: readonly string[];
}

interface Step {
  readonly edits?: readonly Splice[];
  readonly object?: ImageObject;
  readonly missing?: string;
  readonly note?: string;
}

/**
 * Brings the objects that exist into order where they stand, and says which are missing.
 * Throws OBJECT_CONFLICT when one of that name means something else, POLICY_INVALID, and TWO_WRITERS.
 */
export function ensureObjects(draft: Draft, wanted: ObjectsWanted): Ensured {
  const objects = imageObjects(manifestsIn(draft, mayHoldImageObjects));
  const covering = findCovering(draft, { policy: wanted.scan.policy, files: wanted.files, objects });
  const steps = [...scanSteps(objects, wanted), ...automationSteps(objects, { ...wanted, covering })];
  const edited = steps.flatMap(({ object, edits = [] }) =>
    object === undefined || edits.length === 0 ? [] : [{ object, edits }],
  );
  const texts = editedTexts(edited.map(({ object: { manifest }, edits }) => ({ manifest, edits })));
  const notes = [...edited.map(({ object }) => `Changed ${describeObject(object)}.`), ...steps.flatMap(({ note }) => note ?? [])];
  return { draft: drafted(draft, { texts, notes }), missing: steps.flatMap(({ missing }) => missing ?? []) };
}

function scanSteps(objects: readonly ImageObject[], { scan }: ObjectsWanted): readonly Step[] {
  const policy = objectNamed(objects, 'ImagePolicy', scan.policy);
  if (policy === undefined) return [repositoryStep(objects, scan), { missing: imagePolicy(scan) }];
  const reference = repositoryOf(policy, scan.policy);
  const edits = policyEdits(policy, scan);
  if (!isSamePolicy(reference, scan.policy) && objectNamed(objects, 'ImageRepository', reference) === undefined) {
    const found = `the ImageRepository ${reference.namespace}/${reference.name}, which was not found`;
    throw conflict(policy, { expected: `an ImageRepository of ${scan.image.name}`, found });
  }
  return [repositoryStep(objects, { ...scan, policy: reference }), { object: policy, edits }];
}

function repositoryStep(objects: readonly ImageObject[], scan: ScanSettings): Step {
  const repository = objectNamed(objects, 'ImageRepository', scan.policy);
  if (repository === undefined) return { missing: imageRepository(scan) };
  return { object: repository, edits: repositoryEdits(repository, scan) };
}

interface AutomationWanted extends ObjectsWanted {
  readonly covering: readonly CoveringAutomation[];
}

function automationSteps(objects: readonly ImageObject[], wanted: AutomationWanted): readonly Step[] {
  const { scan, automation, files, covering } = wanted;
  if (automation.kind === 'action') return writersLeft(covering, automation.suspend);
  const whole = covering.filter(each => each.whole);
  const [working] = whole.filter(({ suspended }) => !suspended);
  if (working !== undefined) return [];
  const [suspended] = whole;
  if (suspended !== undefined) {
    return [{ note: `${describeObject(suspended.object)} is suspended: it commits nothing until spec.suspend is taken away.` }];
  }
  const folder = automation.folder ?? commonFolder(files);
  const named = objectNamed(objects, 'ImageUpdateAutomation', scan.policy);
  if (named !== undefined) {
    const path = textAt(named.root, 'spec', 'update', 'path') ?? 'another set of policies';
    throw conflict(named, { expected: `an automation of this policy over ./${folder}`, found: `one over ${path}` });
  }
  return [{ missing: imageUpdateAutomation({ ...automation, policy: scan.policy, folder }) }];
}

/** Automations that would write what bump-flux-image writes: suspended when asked, else TWO_WRITERS. */
function writersLeft(covering: readonly CoveringAutomation[], suspend: boolean): readonly Step[] {
  const writers = covering.filter(({ suspended }) => !suspended).map(({ object }) => object);
  if (writers.length === 0 || suspend) return writers.map(object => ({ object, edits: [suspension(object)] }));
  throw new ActionError({
    code: 'TWO_WRITERS',
    message: 'An ImageUpdateAutomation writes the markers of this policy: it and bump-flux-image would undo each other.',
    detail: writers.map(describeObject).join('\n'),
    expected: 'one writer',
    remedy:
      'keep Flux as the writer with automation: flux, or suspend the automation with suspend-automation: true; nothing was written',
  });
}

function suspension({ root, manifest: { text } }: ImageObject): Splice {
  const present = nodeAt(root, 'spec', 'suspend');
  const entry = 'suspend: true';
  if (present !== undefined) return { start: present.range[0], end: present.range[1], text: 'true' };
  return entryAtEnd(text, mapAt(root, 'spec') ?? root, { lines: [entry], flow: entry });
}
