// Edits the markers of one policy in a folder, in a process of its own: edit-markers.ts FOLDER NAMESPACE NAME IMAGE TAG
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { editMarkers, scanManifests } from '@eks-gitops/gitops/markers';

const [root = '', namespace = '', policyName = '', name = '', tag = ''] = process.argv.slice(2);
const manifests = await scanManifests({ root, path: '.' });
const { changes } = editMarkers({ manifests, images: [{ policy: { namespace, name: policyName }, name, tag }] });
for (const { path, content } of changes) await writeFile(join(root, path), content);
