import { ActionError } from '@eks-gitops/errors';
import type { Document } from 'yaml';
import { findMarkers, formatPolicyName, isSamePolicy, type MarkerForm, type PolicyName } from '../markers/index.ts';
import { readMarkerComment } from '../markers/marker-comment.ts';
import { lineEnding, type Manifest } from './manifest.ts';
import { describePlace, type ImagePlace, type Spot } from './places.ts';
import { lineEnd, lineStart, type Splice } from './text-edit.ts';

/** The comment by which Flux and bump-flux-image find a value: `# {"$imagepolicy": "namespace:name"}`, with `:name`, `:tag` or `:digest`. */
export function markerComment({ namespace, name }: PolicyName, form: MarkerForm): string {
  return `# {"$imagepolicy": "${namespace}:${name}${form === 'reference' ? '' : `:${form}`}"}`;
}

/**
 * The edits that mark a place. A marker has to be the whole comment of its line, so a comment that is there moves to a line of its own above.
 * Nothing for what is marked already. Throws OBJECT_CONFLICT where another policy's marker stands.
 */
export function markPlace(place: ImagePlace, policy: PolicyName): readonly Splice[] {
  return place.spots.flatMap(spot => markSpot(place, spot, policy));
}

function markSpot(place: ImagePlace, { form, node }: Spot, policy: PolicyName): readonly Splice[] {
  const { text } = place.manifest;
  const start = node.range[1];
  const end = lineEnd(text, start);
  const comment = text.slice(start, end).trim();
  const reading = readMarkerComment(comment);
  if (reading.kind === 'malformed') throw conflict(place, comment);
  if (reading.kind === 'marker') {
    if (isSamePolicy(reading.meaning.policy, policy)) return [];
    throw conflict(place, formatPolicyName(reading.meaning.policy));
  }
  const marker = ` ${markerComment(policy, form)}`;
  if (comment === '') return [{ start, end: start, text: marker }];
  const line = lineStart(text, start);
  const indentation = /^[ \t]*/.exec(text.slice(line, start))?.[0] ?? '';
  return [
    { start: line, end: line, text: `${indentation}${comment}${lineEnding(text)}` },
    { start, end, text: marker },
  ];
}

/** The documents of a manifest that hold a marker of the policy. */
export function markedDocuments({ path, text, documents }: Manifest, policy: PolicyName): readonly Document.Parsed[] {
  if (!text.includes('$imagepolicy')) return [];
  const { markers } = findMarkers({ path, content: new TextEncoder().encode(text) });
  const own = markers.filter(marker => isSamePolicy(marker.policy, policy));
  return documents.filter(({ range: [start, , end] }) => own.some(marker => start <= marker.start && marker.start < end));
}

function conflict(place: ImagePlace, marked: string): ActionError {
  return new ActionError({
    code: 'OBJECT_CONFLICT',
    message: 'The image follows another policy already.',
    found: `${describePlace(place)}, marked for ${marked}`,
    remedy: 'name that policy with policy, or take its marker away; nothing was written',
  });
}
