import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openRepository } from '@eks-gitops/gitops/repository';
import { type GitServer, startGitServer } from '@eks-gitops/testbed';
import { execa } from 'execa';
import type { Entry } from './entry.ts';
import { access } from './repository-access.ts';

const plain = 'git clone';
const filtered = 'ours, of one folder';

/** What a clone of one app's folder costs of a repository with a past. */
export const cloneEntry: Entry = {
  name: 'clone',
  title: 'Bytes that a server sends for a clone of one app among 200, with 300 commits',
  unit: 'bytes',
  rounds: 3,
  tools: [],
  targets: [{ of: filtered, atMost: 0.25, against: plain }],
  prepare: async ({ folder, signal }) => {
    const server = await startGitServer();
    const lean = await makeRepository(server, { allowFilter: true });
    const unfiltered = await makeRepository(server, { allowFilter: false });
    let clones = 0;
    const measure = async (clone: (folder: string) => Promise<unknown>): Promise<number> => {
      clones += 1;
      const own = join(folder, String(clones));
      await mkdir(own, { mode: 0o700 });
      server.clear();
      await clone(own);
      return server.requests().reduce((sum, { sent }) => sum + sent, 0);
    };
    const open = (url: string) => (own: string) =>
      openRepository({ ...access, place: { kind: 'remote', url }, paths: ['apps/app-7'], folder: own, signal });
    return {
      contestants: [
        { name: plain, measure: () => measure(own => execa('git', ['clone', '--quiet', '--', lean.url, join(own, 'all')])) },
        { name: 'ours, where the server does not filter', measure: () => measure(open(unfiltered.url)) },
        { name: filtered, measure: () => measure(open(lean.url)) },
      ],
      close: server.stop,
    };
  },
};

async function makeRepository(server: GitServer, { allowFilter }: { allowFilter: boolean }): Promise<{ url: string }> {
  const names = Array.from({ length: 200 }, (_, n) => `app-${n}`);
  const files = names.flatMap(name => [
    [`apps/${name}/deployment.yaml`, manifest(name, 0)],
    [`apps/${name}/service.yaml`, manifest(`${name}-service`, 0)],
  ]);
  const repository = await server.createRepository(`${allowFilter ? 'lean' : 'plain'}.git`, Object.fromEntries(files), {
    allowFilter,
  });
  for (let commit = 1; commit <= 300; commit += 1) {
    const name = `app-${commit % names.length}`;
    await repository.commit({ [`apps/${name}/deployment.yaml`]: manifest(name, commit) });
  }
  await repository.git('repack', '-adq');
  return repository;
}

/** Settings that differ from app to app, as real ones do. */
function manifest(name: string, commit: number): string {
  const settings = Array.from(
    { length: 40 },
    (_, n) => `    ${name}-${n}: "${(n + 1) * 7919 * (name.length + Number(name.replaceAll(/\D/g, '')))}"`,
  );
  return `kind: Deployment\nmetadata:\n  name: ${name}\n  annotations:\n${settings.join('\n')}\nspec:\n  image: ${name}:i${commit}\n`;
}
