import { createFolder, removeFolder } from '../folder.ts';
import { startProcess } from '../process.ts';
import { requireTool } from '../toolchain/find.ts';

export interface Etcd {
  readonly url: string;
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/** Starts etcd with an empty store on loopback. Nothing of it has to outlive a crash, so it does not wait for the disk. */
export async function startEtcd(): Promise<Etcd> {
  const folder = await createFolder('etcd');
  const anyPort = 'http://127.0.0.1:0';
  const server = await startProcess({
    name: 'etcd',
    command: await requireTool('etcd'),
    args: [
      ...['--data-dir=data', '--unsafe-no-fsync', '--enable-grpc-gateway=false'],
      ...[`--listen-client-urls=${anyPort}`, `--advertise-client-urls=${anyPort}`, `--listen-peer-urls=${anyPort}`],
    ],
    folder,
    ready: log => /"serving client traffic insecurely[^\n]*"address":"([^"]+)"/.exec(log)?.[1],
  });
  const stop = async (): Promise<void> => {
    await server.stop();
    await removeFolder(folder);
  };
  return { url: `http://${server.sign}`, log: server.log, stop };
}
