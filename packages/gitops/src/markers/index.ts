export { editMarkers, type MarkerEdit, type MarkerEdits, type PolicyImage } from './edit-markers.ts';
export { type Fault, formatFault } from './fault.ts';
export { type FoundMarkers, findMarkers, type Marker } from './find-markers.ts';
export type { MarkerForm, MarkerMeaning } from './marker-comment.ts';
export { type ParsedManifest, type Parsing, parseManifest } from './parse-manifest.ts';
export { formatPolicyName, isSamePolicy, type PolicyName } from './policy-name.ts';
export { printScalar } from './scalar-text.ts';
export { type Manifest, type Scan, scanManifests } from './scan.ts';
