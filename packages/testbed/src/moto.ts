import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyPair } from './certificates.ts';
import { createFolder, removeFolder } from './folder.ts';
import { startProcess } from './process.ts';
import { requireTool } from './toolchain/find.ts';

export interface MotoOptions {
  readonly tls?: KeyPair;
  /** Where it listens; default 127.0.0.1 and any free port. */
  readonly address?: string;
  readonly port?: number;
}

export interface Moto {
  readonly url: string;
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/** Starts moto, an emulator of AWS's APIs (ECR, STS and others), on loopback. */
export async function startMoto({ tls, address = '127.0.0.1', port = 0 }: MotoOptions = {}): Promise<Moto> {
  const folder = await createFolder('moto');
  if (tls) {
    await writeFile(join(folder, 'tls.pem'), tls.certificate);
    await writeFile(join(folder, 'tls.key'), tls.key, { mode: 0o600 });
  }
  const server = await startProcess({
    name: 'moto_server',
    command: await requireTool('moto'),
    args: [`--host=${address}`, `--port=${port}`, ...(tls ? ['--ssl-cert=tls.pem', '--ssl-key=tls.key'] : [])],
    folder,
    ready: log => /Running on (https?:\/\/\S+)/.exec(log)?.[1],
  });
  const stop = async (): Promise<void> => {
    await server.stop();
    await removeFolder(folder);
  };
  return { url: server.sign, log: server.log, stop };
}
