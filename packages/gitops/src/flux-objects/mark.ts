import { ActionError } from '@eks-gitops/errors';
import { type Document, visit } from 'yaml';
import { describePlace } from './find-places.ts';
import { lineEnding, type Manifest } from './manifest.ts';
import type { ImagePlace, MarkerForm, Spot } from './places.ts';
import { lineEnd, lineStart, type Splice } from './text-edit.ts';

/** The name of an ImagePolicy. */
export interface PolicyName {
  readonly namespace: string;
  readonly name: string;
}

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
  const marker = ` ${markerComment(policy, form)}`;
  const marked = policyIn(comment);
  if (marked !== undefined) return isOf(marked, policy) ? [] : conflict(place, marked);
  if (comment === '') return [{ start, end: start, text: marker }];
  const line = lineStart(text, start);
  const indentation = /^[ \t]*/.exec(text.slice(line, start))?.[0] ?? '';
  return [
    { start: line, end: line, text: `${indentation}${comment}${lineEnding(text)}` },
    { start, end, text: marker },
  ];
}

/** The `namespace:name[:part]` that a comment marks its value with. */
function policyIn(comment: string): string | undefined {
  return /^#+\s*\{\s*"\$imagepolicy"\s*:\s*"([^"]*)"/.exec(comment)?.[1];
}

function isOf(marked: string, { namespace, name }: PolicyName): boolean {
  const [space, own] = marked.split(':');
  return space === namespace && own === name;
}

/** The documents of a manifest that hold a marker of the policy. */
export function markedDocuments({ text, documents }: Manifest, policy: PolicyName): readonly Document.Parsed[] {
  return documents.filter(document => {
    let found = false;
    visit(document, {
      Scalar: (_, { range }) => {
        const end = range?.[1] ?? 0;
        const marked = policyIn(text.slice(end, lineEnd(text, end)).replace(/^[\s,\]}]*/, ''));
        found ||= marked !== undefined && isOf(marked, policy);
      },
    });
    return found;
  });
}

function conflict(place: ImagePlace, marked: string): never {
  throw new ActionError({
    code: 'OBJECT_CONFLICT',
    message: 'The image follows another policy already.',
    found: `${describePlace(place)}, marked for ${marked}`,
    remedy: 'name that policy with policy, or take its marker away; nothing was written',
  });
}
