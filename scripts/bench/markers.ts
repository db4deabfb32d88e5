import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { editMarkers, scanManifests } from '@eks-gitops/gitops/markers';
import { requireTool, runImageSetters } from '@eks-gitops/testbed';
import { execa } from 'execa';
import type { Contestant, Entry, Race } from './entry.ts';
import { image, manifestCount, manifests, markedFile, markedText, marker, policy } from './manifests.ts';

const controller = 'the controller’s own pass, in its process';
const ours = 'ours, in a process that runs already';
const oursAlone = 'ours, in a process of its own';

/** One marker among 10,000 manifests. */
export const markersEntry: Entry = {
  name: 'markers',
  title: `A new tag at one marker among ${manifestCount.toLocaleString('en')} files`,
  unit: 'ms',
  rounds: 15,
  tools: ['image-setters', 'yq', 'kustomize'],
  targets: [
    { of: ours, atMost: 0.1, against: controller },
    { of: oursAlone, atMost: 0.1, against: controller },
  ],
  prepare: async ({ folder }) => {
    for (const [path, text] of Object.entries(manifests())) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    return race(folder);
  },
};

async function race(folder: string): Promise<Race> {
  const [yq, kustomize] = await Promise.all([requireTool('yq'), requireTool('kustomize')]);
  const script = join(import.meta.dirname, 'edit-markers.ts');
  const setters = (tag: string) => runImageSetters({ folder, policies: [{ ...policy, image, tag }] });
  return {
    contestants: [
      contestant(folder, controller, async tag => (await setters(tag)).milliseconds),
      contestant(folder, 'the controller’s own pass, in a process of its own', setters),
      contestant(folder, ours, tag => editHere(folder, tag)),
      contestant(folder, oursAlone, tag => execa(process.execPath, [script, folder, policy.namespace, policy.name, image, tag])),
      contestant(folder, 'grep, and yq on the file that it finds', async tag => {
        const { stdout } = await execa('grep', ['-rlF', '--include=*.yaml', '$imagepolicy', folder]);
        await execa(yq, ['-i', `(.. | select(line_comment == ${JSON.stringify(marker)})) = "${tag}"`, ...stdout.split('\n')]);
      }),
      contestant(folder, 'kustomize edit set image, told where', tag =>
        execa(kustomize, ['edit', 'set', 'image', `${image}=*:${tag}`], { cwd: join(folder, dirname(markedFile)) }),
      ),
    ],
  };
}

async function editHere(root: string, tag: string): Promise<void> {
  const manifests = await scanManifests({ root, path: '.' });
  const { changes } = editMarkers({ manifests, images: [{ policy, name: image, tag }] });
  for (const { path, content } of changes) await writeFile(join(root, path), content);
}

/** Measures by the clock, unless `edit` gives a time of its own; the file is as it was before, and must hold the tag after. */
function contestant(folder: string, name: string, edit: (tag: string) => Promise<unknown>): Contestant {
  const file = join(folder, markedFile);
  const measure = async (): Promise<number> => {
    const tag = `i${process.hrtime.bigint()}`;
    await writeFile(file, markedText('old'));
    const began = performance.now();
    const own = await edit(tag);
    const taken = performance.now() - began;
    if (!(await readFile(file, 'utf8')).includes(`newTag: ${tag}`)) throw new Error(`${name} did not write ${tag}.`);
    return typeof own === 'number' ? own : taken;
  };
  return { name, measure };
}
