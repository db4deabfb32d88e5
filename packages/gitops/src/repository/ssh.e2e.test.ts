import { findTool, type SshServer, startSshServer } from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { land, makeWorld, replaceIn, type World } from './e2e-world.ts';

const testSsh = await testNeeding('root', 'sshd');

let server: SshServer | undefined;
let world: World;
beforeAll(async () => {
  world = await makeWorld();
  if (process.getuid?.() === 0 && (await findTool('sshd'))) server = await startSshServer();
});
afterAll(async () => {
  await server?.stop();
  await world.remove();
});

async function openBy(
  key: 'privateKey' | 'strangerKey',
  hosts: 'knownHosts' | 'wrongKnownHosts' | 'none',
  change = (text: string) => text,
) {
  if (server === undefined) throw new Error('sshd did not start');
  const remote = await server.createRepository(`${crypto.randomUUID()}.git`, {
    'apps/ui.yaml': '1',
    'big.bin': 'x'.repeat(50_000),
  });
  const knownHosts = hosts === 'none' ? {} : { knownHosts: server[hosts] };
  const credentials = { kind: 'ssh', privateKey: change(server[key]), ...knownHosts } as const;
  return { remote, repository: await world.open({ place: { kind: 'remote', url: remote.url }, credentials }) };
}

describe('over SSH', () => {
  testSsh('an edit lands with the right key, whatever line ends a CI has given it', async () => {
    for (const change of [(key: string) => key.trim(), (key: string) => key.replaceAll('\n', '\r\n')]) {
      const { remote, repository } = await openBy('privateKey', 'knownHosts', change);
      expect(await land(repository, replaceIn('apps/ui.yaml', '2'))).toMatchObject({ kind: 'committed', attempts: 1 });
      expect(await remote.read('apps/ui.yaml')).toBe('2');
    }
  });

  testSsh('a key that the server does not know is denied', async () => {
    await expect(openBy('strangerKey', 'knownHosts')).rejects.toMatchObject({
      code: 'GIT_DENIED',
      failure: { likely: expect.stringContaining('does not know the SSH key') },
    });
  });

  testSsh('a damaged key is told as such', async () => {
    await expect(openBy('privateKey', 'knownHosts', key => key.slice(0, 200))).rejects.toMatchObject({
      code: 'GIT_DENIED',
      failure: { likely: expect.stringContaining('damaged') },
    });
  });

  testSsh('a host that is not known, or shows another key, is not spoken to', async () => {
    for (const hosts of ['none', 'wrongKnownHosts'] as const) {
      await expect(openBy('privateKey', hosts)).rejects.toMatchObject({
        code: 'GIT_UNREACHABLE',
        failure: { likely: expect.stringContaining('host key') },
      });
    }
  });
});
