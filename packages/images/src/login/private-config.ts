import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Credentials } from '../credentials.ts';
import { type DockerConfig, dockerConfigFolder, readDockerConfig, serverOf } from './docker-config.ts';

export interface PrivateConfig {
  /** Names the user's configuration folder, which is only read. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder to make, inside one that nobody else can read. */
  readonly folder: string;
  readonly registry: string;
  readonly credentials: Credentials;
}

/**
 * Makes a docker configuration folder that is the user's (contexts, builders, plugins, proxies, other logins) with one registry's
 * credentials put in. Everything beside `config.json` is linked, so that docker and buildx go on keeping their state where it was.
 */
export async function makePrivateConfig({
  env,
  folder,
  registry,
  credentials,
}: PrivateConfig): Promise<PrivateConfigEnvironment> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const config = withCredentials(await readDockerConfig(env), { registry, credentials });
  await writeFile(join(folder, 'config.json'), JSON.stringify(config), { mode: 0o600 });
  const from = dockerConfigFolder(env) ?? folder;
  const entries = await readdir(from).catch(() => []);
  const linked = entries.filter(entry => entry !== 'config.json');
  await Promise.all(linked.map(entry => symlink(resolve(from, entry), join(folder, entry)).catch(ignoreExisting)));
  return { DOCKER_CONFIG: folder, DOCKER_AUTH_CONFIG: undefined };
}

/** What must be set, and unset, for docker and buildx to use the folder. */
export type PrivateConfigEnvironment = Readonly<Record<'DOCKER_CONFIG' | 'DOCKER_AUTH_CONFIG', string | undefined>>;

/** A configuration with one registry's credentials in `auths`, and no helper or store asked for it (an empty name: docker/cli `GetCredentialsStore`). */
export function withCredentials(
  config: DockerConfig,
  { registry, credentials }: { readonly registry: string; readonly credentials: Credentials },
): DockerConfig {
  if (credentials.kind === 'anonymous') return config;
  const server = serverOf(registry);
  const { credHelpers, auths } = config;
  return { ...config, credHelpers: { ...credHelpers, [server]: '' }, auths: { ...auths, [server]: entryOf(credentials) } };
}

function entryOf(credentials: Exclude<Credentials, { kind: 'anonymous' }>): Record<string, string> {
  if (credentials.kind === 'identity-token') return { identitytoken: credentials.token };
  return { auth: Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64') };
}

function ignoreExisting(thrown: NodeJS.ErrnoException): void {
  if (thrown.code !== 'EEXIST') throw thrown;
}
