import { dirname, join } from 'node:path';
import { createFolder, removeFolder } from './folder.ts';
import { startProcess } from './process.ts';
import { requireTool } from './toolchain/find.ts';

export interface Docker {
  /** For DOCKER_HOST. */
  readonly address: `unix://${string}`;
  /** Folder of the program `docker` that belongs to it. */
  readonly programs: string;
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/** Starts Debian's Docker daemon (needs root and runc) in namespaces of its own, so that nothing outlives it. It reaches no network. */
export async function startDocker(): Promise<Docker> {
  const [dockerd, runc] = await Promise.all([requireTool('dockerd'), requireTool('runc')]);
  const unpacked = dirname(dirname(dirname(dockerd)));
  const programs = join(unpacked, 'usr', 'bin');
  const folder = await createFolder('docker');
  const address = `unix://${join(folder, 'socket')}` as const;
  const server = await startProcess({
    name: 'dockerd',
    command: 'unshare',
    args: [
      ...['--net', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child'],
      ...['sh', '-ec', script, 'docker', dockerd, ...dockerArgs({ folder, address })],
    ],
    env: {
      PATH: `${programs}:${dirname(runc)}:${process.env['PATH'] ?? ''}`,
      LD_LIBRARY_PATH: ['lib', join('usr', 'lib')].map(name => join(unpacked, name, 'x86_64-linux-gnu')).join(':'),
    },
    folder,
    ready: log => (log.includes('API listen on') ? address : undefined),
  });
  const stop = async (): Promise<void> => {
    await server.stop();
    await removeFolder(folder);
  };
  return { address, programs, log: server.log, stop };
}

/** It writes to /run, whatever folders it is told. */
const script = 'mount -t tmpfs docker /run; exec "$@"';

function dockerArgs({ folder, address }: { folder: string; address: string }): string[] {
  return [
    `--host=${address}`,
    `--data-root=${join(folder, 'data')}`,
    `--exec-root=${join(folder, 'exec')}`,
    `--pidfile=${join(folder, 'pid')}`,
    '--storage-driver=vfs',
    '--bridge=none',
    '--iptables=false',
    '--ip6tables=false',
  ];
}
