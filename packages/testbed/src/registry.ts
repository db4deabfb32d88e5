import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hash } from 'bcryptjs';
import type { KeyPair } from './certificates.ts';
import { createFolder, removeFolder } from './folder.ts';
import { refuseExistingTags } from './immutable-tags.ts';
import { startProcess } from './process.ts';
import { type RecordingProxy, startProxy } from './proxy.ts';
import { formatRegistryConfig, type RegistryAuth } from './registry-config.ts';
import { startTokenServer, type TokenServer, type TokenServerOptions } from './token-server.ts';
import { requireTool } from './toolchain/find.ts';

export interface RegistryOptions {
  /** Demands this password by basic authentication. */
  readonly password?: { readonly username: string; readonly password: string };
  /** Demands bearer tokens, which a token server of its own gives for a password. */
  readonly token?: TokenServerOptions;
  /** Refuses to overwrite a tag, but for the tags that match one of a list. */
  readonly immutable?: boolean | readonly RegExp[];
  readonly tls?: KeyPair;
  /** Where it listens; default 127.0.0.1 and any free port. */
  readonly address?: string;
  readonly port?: number;
}

export interface Registry {
  /** `localhost:PORT`, as it stands in image names. */
  readonly host: string;
  readonly url: string;
  readonly log: () => string;
  /** How many bearer tokens were given out. */
  readonly tokensIssued: () => number;
  readonly stop: () => Promise<void>;
}

/** Starts Debian's docker-registry (distribution 2.8) on loopback, with deletion enabled, in a private folder. */
export async function startRegistry(options: RegistryOptions = {}): Promise<Registry> {
  const { immutable = false, tls, address = '127.0.0.1', port = 0 } = options;
  const folder = await createFolder('registry');
  const tokens = options.token && (await startTokenServer(options.token));
  const fronted = immutable !== false;
  const listening = fronted ? '127.0.0.1:0' : `${address}:${port}`;
  const config = formatRegistryConfig({
    storage: join(folder, 'storage'),
    address: listening,
    auth: await writeAuth({ folder, options, tokens }),
    ...(tls && !fronted ? { tls: await writeKeyPair(folder, tls) } : {}),
  });
  await writeFile(join(folder, 'config.yml'), config);
  const server = await startProcess({
    name: 'docker-registry',
    command: await requireTool('docker-registry'),
    args: ['serve', 'config.yml'],
    folder,
    ready: log => /msg="listening on [^"]*:(\d+)/.exec(log)?.[1],
  }).catch(async error => {
    await tokens?.stop();
    throw error;
  });
  const front = fronted
    ? await startFront({ target: `http://127.0.0.1:${server.sign}`, immutable, address, port, ...(tls ? { tls } : {}) })
    : undefined;
  const host = front?.host ?? `localhost:${server.sign}`;
  const stop = async (): Promise<void> => {
    await Promise.all([front?.stop(), tokens?.stop(), server.stop()]);
    await removeFolder(folder);
  };
  return { host, url: `${tls ? 'https' : 'http'}://${host}`, log: server.log, tokensIssued: () => tokens?.issued() ?? 0, stop };
}

interface Front extends Pick<RegistryOptions, 'tls'> {
  readonly target: string;
  readonly immutable: true | readonly RegExp[];
  readonly address: string;
  readonly port: number;
}

function startFront({ target, immutable, tls, address, port }: Front): Promise<RecordingProxy> {
  const onRequest = refuseExistingTags({ target, excluded: immutable === true ? [] : immutable });
  return startProxy({ target, onRequest, address, port, ...(tls ? { tls } : {}) });
}

interface AuthFiles {
  readonly folder: string;
  readonly options: RegistryOptions;
  readonly tokens: TokenServer | undefined;
}

async function writeAuth({ folder, options: { password }, tokens }: AuthFiles): Promise<RegistryAuth> {
  if (tokens) {
    const certificateFile = join(folder, 'tokens.pem');
    await writeFile(certificateFile, tokens.certificate);
    return { kind: 'token', realm: tokens.realm, service: tokens.service, issuer: tokens.issuer, certificateFile };
  }
  if (password) {
    const file = join(folder, 'htpasswd');
    await writeFile(file, `${password.username}:${await hash(password.password, 4)}\n`, { mode: 0o600 });
    return { kind: 'htpasswd', file };
  }
  return { kind: 'open' };
}

async function writeKeyPair(
  folder: string,
  { certificate, key }: KeyPair,
): Promise<{ certificateFile: string; keyFile: string }> {
  const certificateFile = join(folder, 'tls.pem');
  const keyFile = join(folder, 'tls.key');
  await writeFile(certificateFile, certificate);
  await writeFile(keyFile, key, { mode: 0o600 });
  return { certificateFile, keyFile };
}
