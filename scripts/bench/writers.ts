import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { editMarkers, scanManifests } from '@eks-gitops/gitops/markers';
import { landEdit, openRepository } from '@eks-gitops/gitops/repository';
import { type GitServer, startGitServer } from '@eks-gitops/testbed';
import type { Entry } from './entry.ts';
import { access, identity } from './repository-access.ts';

const count = 50;
const all = 'ours';
const policies = Array.from({ length: count }, (_, n) => ({ namespace: 'shop', name: `app-${n}` }));

/** Many jobs that bump many policies of one repository at the same time. */
export const writersEntry: Entry = {
  name: 'writers',
  title: `${count} writers at once, each of its own policy, from clone to commit in one repository`,
  unit: 'ms',
  rounds: 3,
  tools: [],
  targets: [{ of: all, atMost: 60_000 }],
  prepare: async ({ folder, signal }) => {
    const server = await startGitServer();
    let rounds = 0;
    const measure = async (): Promise<number> => {
      rounds += 1;
      const repository = await server.createRepository(`${rounds}.git`, manifests());
      const began = performance.now();
      const writing = policies.map(async (policy, n) => {
        const own = join(folder, `${rounds}-${n}`);
        await mkdir(own, { mode: 0o700 });
        await write({ url: repository.url, policy, folder: own, signal });
      });
      await Promise.all(writing);
      const taken = performance.now() - began;
      await demandAll(repository);
      return taken;
    };
    return { contestants: [{ name: all, measure }], close: server.stop };
  },
};

interface Writing {
  readonly url: string;
  readonly policy: { readonly namespace: string; readonly name: string };
  readonly folder: string;
  readonly signal: AbortSignal;
}

async function write({ url, policy, folder, signal }: Writing): Promise<void> {
  const repository = await openRepository({ ...access, place: { kind: 'remote', url }, paths: ['apps'], folder, signal });
  await landEdit({
    repository,
    edit: async ({ root }) => {
      const images = [{ policy, name: policy.name, tag: 'i2' }];
      const { changes } = editMarkers({ manifests: await scanManifests({ root, path: 'apps', signal }), images });
      return { changes, message: `Update ${policy.name}\n`, result: undefined };
    },
    identity,
    deadline: new Date(Date.now() + 300_000),
    signal,
  });
}

function manifests(): Readonly<Record<string, string>> {
  const files = policies.map(({ namespace, name }) => [
    `apps/${name}.yaml`,
    `kind: Deployment\nimage: ${name}:i1 # {"$imagepolicy": "${namespace}:${name}"}\n`,
  ]);
  return Object.fromEntries(files);
}

/** Every writer's commit is there, one on top of the other, and nothing is lost. */
async function demandAll({ git }: Awaited<ReturnType<GitServer['createRepository']>>): Promise<void> {
  const commits = await git('rev-list', '--count', '--first-parent', 'main');
  const written = (await git('grep', '--count', ':i2 ', 'main', '--', 'apps')).split('\n').length;
  if (commits !== String(count + 1) || written !== count)
    throw new Error(`${written} of ${count} landed, in ${commits} commits.`);
}
