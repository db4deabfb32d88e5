import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runImageSetters, withFolder } from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { expect } from '@jest/globals';
import { markedManifests } from './marked-manifests.ts';

const test = await testNeeding('image-setters');

const policy = { namespace: 'flux-system', name: 'ui', image: 'new.example/ui', tag: 'i20261123171720-ac8730e8' };

for (const [what, , after] of markedManifests) {
  test(`Flux’s own setters find the marker of ${what}`, async () => {
    const { changes } = await withFolder('setters', async folder => {
      await writeFile(join(folder, 'app.yaml'), after);
      return runImageSetters({ folder, policies: [{ ...policy, digest: `sha256:${'0a'.repeat(32)}` }] });
    });
    const markers = after.match(/\$imagepolicy": "[^"]+"/g) ?? [];
    expect(changes.map(({ setter }) => `$imagepolicy": "${setter}"`).sort()).toEqual([...markers].sort());
  });
}
