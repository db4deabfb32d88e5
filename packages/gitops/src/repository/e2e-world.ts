import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EditTree } from '../edit.ts';
import { type GitCredentials, type GitRepository, type Landing, landEdit, type OpenRequest, openRepository } from './index.ts';
import type { LandRequest } from './land.ts';

export const login = { username: 'x-access-token', password: 's3cret-token' };
export const token: GitCredentials = { kind: 'token', username: login.username, token: login.password };
export const identity = { author: { name: 'A', email: 'a@example.com' }, committer: { name: 'C', email: 'c@example.com' } };

/** A place for private folders, and an environment without a user's configuration. */
export interface World {
  readonly temporary: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: () => Promise<string>;
  readonly open: (request: Pick<OpenRequest, 'place'> & Partial<OpenRequest>) => Promise<GitRepository>;
  readonly remove: () => Promise<void>;
}

export async function makeWorld(): Promise<World> {
  const temporary = await mkdtemp(join(tmpdir(), 'gitops-'));
  const env = { PATH: process.env['PATH'], HOME: temporary, GIT_CONFIG_NOSYSTEM: '1' };
  const folder = (): Promise<string> => mkdtemp(join(temporary, 'private-'));
  return {
    temporary,
    env,
    folder,
    open: async request =>
      openRepository({
        paths: ['apps'],
        credentials: token,
        folder: await folder(),
        env,
        signal: new AbortController().signal,
        ...request,
      }),
    remove: () => rm(temporary, { recursive: true, force: true }),
  };
}

/** Writes one file; gives what it held before. */
export function replaceIn(path: string, content: string): EditTree<string> {
  return async ({ root }) => {
    const before = await readFile(join(root, path), 'utf8').catch(() => '');
    const changes = before === content ? [] : [{ path, content: Buffer.from(content) }];
    return { changes, message: `Change ${path}\n\nTrailer: yes\n`, result: before };
  };
}

export function land<R>(
  repository: GitRepository,
  edit: EditTree<R>,
  more: Partial<LandRequest<R>> & { readonly seconds?: number } = {},
): Promise<Landing<R>> {
  const { seconds = 60, ...rest } = more;
  const deadline = new Date(Date.now() + seconds * 1000);
  return landEdit({ repository, edit, identity, deadline, signal: new AbortController().signal, ...rest });
}
