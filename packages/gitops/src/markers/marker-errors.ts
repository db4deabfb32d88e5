import { ActionError } from '@eks-gitops/errors';
import type { PolicyImage } from './edit-markers.ts';
import { type Fault, formatFault } from './fault.ts';
import type { Marker } from './find-markers.ts';
import { formatPolicyName, type PolicyName } from './policy-name.ts';

/** All that stands in the way, one line each. */
export function markersUnsafe(faults: readonly Fault[]): ActionError {
  const broken = faults.every(({ kind }) => kind === 'manifest');
  const [first] = faults;
  return new ActionError({
    code: broken ? 'MANIFEST_INVALID' : 'MARKER_UNSAFE',
    message: broken
      ? `${several(faults.length, 'manifest that names', 'manifests that name')} a policy to write cannot be read; nothing was written.`
      : `${several(faults.length, 'place', 'places')} cannot be edited safely; nothing was written.`,
    expected: broken
      ? 'well-formed YAML in UTF-8'
      : 'each marker behind one value of one line: image: name:tag # {"$imagepolicy": "ns:name"}',
    found: first !== undefined && faults.length === 1 ? formatFault(first) : undefined,
    remedy: 'Correct the lines named, or take the marker away from them.',
    detail: faults.length === 1 ? undefined : faults.map(formatFault).join('\n'),
  });
}

/** A `:digest` marker and an image without a digest. */
export function digestMissing({ policy, name, tag }: PolicyImage, markers: readonly Marker[]): ActionError {
  return new ActionError({
    code: 'MARKER_UNSAFE',
    message: `A marker of ${formatPolicyName(policy)} wants a digest, and none is known of ${name}:${tag}; nothing was written.`,
    expected: `an image with its digest: ${name}:${tag}@sha256:…`,
    found: `:digest markers at ${markers.map(({ path, line }) => `${path}:${line}`).join(', ')}`,
    likely: 'Digests are not pinned by the input, or by the ImagePolicy, while a manifest asks for one.',
    remedy: 'Give the image with its digest and let it be pinned, or take the :digest marker and its value away.',
  });
}

interface Missing {
  readonly policies: readonly PolicyName[];
  readonly markers: readonly Marker[];
  /** Of other policies, or of none that can be told. */
  readonly faults: readonly Fault[];
}

export function markerMissing({ policies, markers, faults }: Missing): ActionError {
  const names = policies.map(formatPolicyName).join(', ');
  const places = Map.groupBy(markers, marker => formatPolicyName(marker.policy));
  const listed = [...places].map(([name, at]) => `${name} (${at.map(({ path, line }) => `${path}:${line}`).join(', ')})`);
  return new ActionError({
    code: 'MARKER_MISSING',
    message: `No marker of ${policies.length === 1 ? 'the policy' : 'the policies'} ${names} stands in the manifests.`,
    expected: policies.map(policy => `a value followed by # {"$imagepolicy": "${formatPolicyName(policy)}"}`).join(', '),
    found: listed.length === 0 ? 'no marker of any policy' : `markers of ${listed.join(', ')}`,
    likely: 'The policy, its namespace or the path is misspelt, or the manifest has not been marked yet.',
    remedy: 'Write the marker behind the value on the same line, or let setup-flux-image do it.',
    detail: faults.length === 0 ? undefined : faults.map(formatFault).join('\n'),
  });
}

function several(count: number, one: string, many: string): string {
  return count === 1 ? `One ${one}` : `${count} ${many}`;
}
