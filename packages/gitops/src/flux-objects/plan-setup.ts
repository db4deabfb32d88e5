import { posix } from 'node:path';
import type { FileChange } from '../edit.ts';
import { notesOnApplying } from './applied-by.ts';
import { clusterNeeds } from './cluster-needs.ts';
import { brokenIn, type Draft, drafted, manifestsIn, mayHoldImageObjects } from './draft.ts';
import { ensureIngress } from './ensure-ingress.ts';
import { type Automation, type Ensured, ensureObjects } from './ensure-objects.ts';
import { imageObjects, objectNamed } from './find-objects.ts';
import type { PlaceChoice } from './find-places.ts';
import type { IngressSettings } from './ingress.ts';
import { type Home, homeGiven, homeOf } from './kustomization.ts';
import { openManifest, type Texts, textAt } from './manifest.ts';
import { markImage, mayHold } from './mark-image.ts';
import type { ScanSettings } from './object-text.ts';
import { placeObjects } from './place-objects.ts';
import { unifiedDiff } from './unified-diff.ts';
import { upgradeManifest } from './upgrade.ts';

export interface SetupOptions {
  readonly scan: ScanSettings;
  /** The folder or file in which the image is named, from the repository's root. */
  readonly path: string;
  readonly place: PlaceChoice;
  readonly automation: Automation;
  /** Where objects that do not exist yet are written, from the repository's root. Default: beside the app. */
  readonly objectsFile?: string;
  readonly ingress?: IngressSettings;
}

export interface SetupPlan {
  readonly changes: readonly FileChange[];
  readonly message: string;
  /** What is changed and what the user should know, a sentence each. */
  readonly notes: readonly string[];
  /** The changes as a unified diff. */
  readonly diff: string;
  /** What the cluster has to have, as text to read. */
  readonly needs: string;
}

/**
 * Decides how a repository comes from a plain image to an automated one; what is one already does not change. `files` are all manifests that may
 * be concerned, with the kustomizations above them.
 * Throws IMAGE_UNMARKED, MARKER_UNSAFE, MANIFEST_INVALID, OBJECT_CONFLICT, OBJECT_MISPLACED or TWO_WRITERS, and then nothing is to be written.
 */
export function planSetup(files: readonly FileChange[], options: SetupOptions): SetupPlan {
  const { scan, path, place: choice, automation } = options;
  const { policy } = scan;
  const start = readDraft(files);
  const readable = drafted(start, { notes: passedOver(start, choice) });
  const upgraded = upgradeAll(readable);
  const reflects = reflectsDigests(upgraded, scan);
  const marking = markImage(upgraded, { policy, path, choice, reflects });
  const [file] = marking.files;
  const ensured = ensureObjects(marking.draft, { scan, automation, files: marking.files });
  const placed = ensured.missing.length === 0 ? ensured.draft : placeMissing(ensured, options, file);
  const { ingress } = options;
  const end = ingress === undefined ? placed : ensureIngress(placed, { settings: ingress, policy, file });
  const changes = changesBetween(start.texts, end.texts);
  const message = `Set up image updates of ${scan.image.name}\n\nPolicy: ${policy.namespace}/${policy.name}\n`;
  const needs = clusterNeeds({ image: scan.image, automation: automation.kind, reflects });
  return { changes, message, notes: end.notes, diff: unifiedDiff(start.texts, changes), needs };
}

/** Files that are not UTF-8 are passed over, with a note. */
function readDraft(files: readonly FileChange[]): Draft {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const texts = new Map<string, string>();
  const notes: string[] = [];
  for (const { path, content } of files) {
    try {
      texts.set(path, decoder.decode(content));
    } catch {
      notes.push(`Passed over ${path}: it is not UTF-8.`);
    }
  }
  return { texts, notes };
}

/** Files that cannot be read, and may hold what is looked for: templates of Helm charts, for example. */
function passedOver(draft: Draft, place: PlaceChoice): readonly string[] {
  const broken = brokenIn(draft, text => mayHold(text, place) || mayHoldImageObjects(text));
  return broken.map(({ path, line, reason }) => `Passed over ${path}:${line}: ${reason}`);
}

function upgradeAll(draft: Draft): Draft {
  const upgrades = manifestsIn(draft, mayHoldImageObjects).map(manifest => ({
    manifest,
    ...upgradeManifest(manifest),
  }));
  const texts = upgrades.map(({ manifest, text }) => [manifest.path, text] as const);
  return drafted(draft, { texts, notes: upgrades.flatMap(({ notes }) => notes) });
}

/** By what is asked for, else by the policy that is there. */
function reflectsDigests(draft: Draft, { policy, reflection }: ScanSettings): boolean {
  const present = objectNamed(imageObjects(manifestsIn(draft, mayHoldImageObjects)), 'ImagePolicy', policy);
  return (reflection ?? textAt(present?.root, 'spec', 'digestReflectionPolicy') ?? 'Never') !== 'Never';
}

function placeMissing({ draft, missing }: Ensured, options: SetupOptions, app: string): Draft {
  const place = chooseHome(draft, options, app);
  const notes = notesOnApplying(draft, { file: place.file, namespace: options.scan.policy.namespace });
  return drafted(placeObjects(draft, { ...place, documents: missing }), { notes });
}

function chooseHome({ texts }: Draft, { scan, objectsFile }: SetupOptions, app: string): { file: string; home: Home } {
  const { namespace, name } = scan.policy;
  if (objectsFile !== undefined) {
    return { file: objectsFile, home: homeGiven({ texts, folder: posix.dirname(objectsFile), namespace }) };
  }
  const home = homeOf({ texts, folder: posix.dirname(app), namespace });
  return { file: posix.join(home.folder, `${name}-image-automation.yaml`), home };
}

function changesBetween(before: Texts, after: Texts): readonly FileChange[] {
  const encoder = new TextEncoder();
  return [...after]
    .filter(([path, text]) => before.get(path) !== text)
    .map(([path, text]) => ({ path, content: encoder.encode(openManifest(path, text).text) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
