import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionError } from '@eks-gitops/errors';
import { tryJson } from '@eks-gitops/http';
import { z } from 'zod';
import type { Credentials } from '../credentials.ts';

const auth = z.looseObject({
  auth: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  identitytoken: z.string().optional(),
});

const dockerConfig = z.looseObject({
  auths: z.record(z.string(), auth).optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
  credsStore: z.string().optional(),
});

/** Docker's config.json; keys that have nothing to do with credentials are kept as they are. */
export type DockerConfig = z.infer<typeof dockerConfig>;

type Environment = Readonly<Record<string, string | undefined>>;

/** Where docker keeps its configuration: DOCKER_CONFIG, else `.docker` in the home folder. */
export function dockerConfigFolder(env: Environment): string | undefined {
  if (env['DOCKER_CONFIG']) return env['DOCKER_CONFIG'];
  const home = env['HOME'] || env['USERPROFILE'];
  return home ? join(home, '.docker') : undefined;
}

/** JSON with `auths` that docker prefers to its file; GitLab's users set it. */
export const authVariable = 'DOCKER_AUTH_CONFIG';

/**
 * Reads docker's configuration: `config.json` with the logins of DOCKER_AUTH_CONFIG over its own. An absent file is an empty
 * configuration. Throws DOCKER_CONFIG_INVALID.
 */
export async function readDockerConfig(env: Environment): Promise<DockerConfig> {
  const folder = dockerConfigFolder(env);
  const file = folder === undefined ? undefined : join(folder, 'config.json');
  const text = file === undefined ? '{}' : await readFile(file, 'utf8').catch(emptyWhenAbsent);
  const config = parseConfig(text, file ?? '');
  const { auths = {} } = parseConfig(env[authVariable] || '{}', authVariable);
  const unstored = Object.fromEntries(Object.keys(auths).map(server => [server, '']));
  if (Object.keys(auths).length === 0) return config;
  return { ...config, auths: { ...config.auths, ...auths }, credHelpers: { ...config.credHelpers, ...unstored } };
}

function parseConfig(text: string, place: string): DockerConfig {
  const parsed = dockerConfig.safeParse(tryJson(text));
  if (parsed.success) return parsed.data;
  throw new ActionError({
    code: 'DOCKER_CONFIG_INVALID',
    message: `${place} is not a docker configuration.`,
    expected: 'a JSON object as docker login writes it',
    found: z.prettifyError(parsed.error),
    remedy: 'repair or remove it, or point DOCKER_CONFIG at another folder',
  });
}

function emptyWhenAbsent(thrown: NodeJS.ErrnoException): string {
  if (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR') return '{}';
  throw thrown;
}

/** What a docker configuration says of a registry: who is asked for its credentials, or the credentials themselves. */
export type StoredLogin =
  | { readonly kind: 'none' }
  | { readonly kind: 'helper'; readonly helper: string; readonly server: string }
  | { readonly kind: 'credentials'; readonly credentials: Credentials };

/** Docker Hub's credentials are kept under the address of its former registry. */
const dockerHubServer = 'https://index.docker.io/v1/';

/** The key under which docker keeps a registry's credentials. */
export function serverOf(registry: string): string {
  return registry === 'docker.io' ? dockerHubServer : registry;
}

/** Finds a registry's login as docker does: its own helper, else the store for all, else `auths`; an empty helper means `auths`. */
export function findLogin(config: DockerConfig, registry: string): StoredLogin {
  const server = serverOf(registry);
  const helper = config.credHelpers?.[server] ?? config.credsStore;
  if (helper) return { kind: 'helper', helper, server };
  const entry = config.auths?.[server] ?? Object.entries(config.auths ?? {}).find(([key]) => hostOf(key) === registry)?.[1];
  const credentials = entry === undefined ? undefined : readAuth(entry);
  return credentials === undefined ? { kind: 'none' } : { kind: 'credentials', credentials };
}

function readAuth({ auth: encoded, username, password, identitytoken }: z.infer<typeof auth>): Credentials | undefined {
  if (identitytoken) return { kind: 'identity-token', token: identitytoken };
  if (username && password) return { kind: 'basic', username, password };
  const decoded = Buffer.from(encoded ?? '', 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon < 1) return undefined;
  return { kind: 'basic', username: decoded.slice(0, colon), password: decoded.slice(colon + 1).replace(/\0+$/, '') };
}

function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}
