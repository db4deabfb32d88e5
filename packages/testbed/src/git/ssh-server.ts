import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { createFolder, removeFolder } from '../folder.ts';
import { closeServer, listen } from '../listening.ts';
import { startProcess } from '../process.ts';
import { requireTool } from '../toolchain/find.ts';
import { type BareRepository, createBareRepository, type RepositoryFiles, type RepositoryOptions } from './bare-repository.ts';

export interface SshServer {
  /** A private key that the server accepts. */
  readonly privateKey: string;
  /** One that it does not. */
  readonly strangerKey: string;
  /** The line of known_hosts for it, and one with the key of another server. */
  readonly knownHosts: string;
  readonly wrongKnownHosts: string;
  readonly createRepository: (
    name: string,
    files: RepositoryFiles,
    options?: RepositoryOptions,
  ) => Promise<BareRepository & { readonly url: string }>;
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/**
 * As root sshd wants a user and a folder of its own on the machine: it gets both in a mount namespace, and the machine stays as it is.
 */
const script = `
if [ "$(id -u)" = 0 ]; then
  mount -t tmpfs none /run
  mkdir -m 755 /run/sshd
  mount --bind "$1" /etc/passwd
fi
shift
exec "$@"`;

/** Starts a real sshd on loopback for the user who runs this, with keys of its own, that runs nothing but git's own commands. */
export async function startSshServer(): Promise<SshServer> {
  const folder = await createFolder('ssh');
  const sshd = await requireTool('sshd');
  await Promise.all(['host', 'other-host', 'client', 'stranger'].map(name => makeKey(join(folder, name))));
  const port = await freePort();
  await writeFile(join(folder, 'authorized_keys'), await readFile(join(folder, 'client.pub')));
  await writeFile(join(folder, 'sshd_config'), serverConfig(folder, port));
  await writeFile(
    join(folder, 'passwd'),
    `${await readFile('/etc/passwd', 'utf8')}sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin\n`,
  );
  const server = await startProcess({
    name: 'sshd',
    command: process.getuid?.() === 0 ? 'unshare' : 'env',
    args: [
      ...(process.getuid?.() === 0 ? ['--mount', '--'] : []),
      ...['sh', '-ec', script, 'sshd', join(folder, 'passwd'), sshd, '-D', '-e', '-f', join(folder, 'sshd_config')],
    ],
    env: { LD_LIBRARY_PATH: libraryFolders(sshd) },
    folder,
    ready: log => /Server listening on \S+ port (\d+)/.exec(log)?.[1],
  });
  const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
  const address = `[127.0.0.1]:${server.sign}`;
  return {
    privateKey: await read('client'),
    strangerKey: await read('stranger'),
    knownHosts: `${address} ${await read('host.pub')}`,
    wrongKnownHosts: `${address} ${await read('other-host.pub')}`,
    createRepository: async (name, files, options) => {
      const repository = await createBareRepository(join(folder, 'repositories', name), files, options);
      return { ...repository, url: `ssh://${userInfo().username}@127.0.0.1:${server.sign}${repository.folder}` };
    },
    log: server.log,
    stop: async () => {
      await server.stop();
      await removeFolder(folder);
    },
  };
}

async function makeKey(file: string): Promise<void> {
  await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'testbed', '-f', file]);
}

/** sshd cannot choose a free port by itself (sshd_config(5), Port). */
async function freePort(): Promise<number> {
  const server = createServer();
  const { port } = await listen(server, { address: '127.0.0.1', port: 0 });
  await closeServer(server);
  return port;
}

function serverConfig(folder: string, port: number): string {
  return `
Port ${port}
ListenAddress 127.0.0.1
HostKey ${join(folder, 'host')}
AuthorizedKeysFile ${join(folder, 'authorized_keys')}
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
PermitUserRC no
DisableForwarding yes
PermitTTY no
ForceCommand git shell -c "$SSH_ORIGINAL_COMMAND"
`;
}

/** Where Debian's packages that were unpacked beside sshd have their libraries. */
function libraryFolders(sshd: string): string {
  const usr = dirname(dirname(sshd));
  return ['x86_64', 'aarch64'].map(machine => join(usr, 'lib', `${machine}-linux-gnu`)).join(':');
}
