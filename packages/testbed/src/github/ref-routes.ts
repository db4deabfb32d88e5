import { z } from 'zod';
import { overlay } from './overlay.ts';
import { notFound, Refusal } from './refusal.ts';
import type { RestCall, Route } from './routes.ts';
import { settle } from './world.ts';

const repo = '/repos/{owner}/{repo}';
const creation = z.object({ ref: z.string(), sha: z.string() });
const move = z.object({ sha: z.string(), force: z.boolean().default(false) });

/** git/refs and commits of the REST API. */
export const refRoutes: readonly Route[] = [
  {
    method: 'GET',
    template: `${repo}/git/ref/{ref}`,
    needs: [{ contents: 'read' }],
    run: async call => {
      const oid = await call.repository.git.read(nameOf(call));
      if (oid === undefined) throw notFound();
      return { status: 200, body: refBody(call, { status: 200, name: nameOf(call), oid }) };
    },
  },
  {
    method: 'POST',
    template: `${repo}/git/refs`,
    needs: [{ contents: 'write' }],
    run: async call => {
      const { ref: name, sha: oid } = creation.parse(call.body);
      const { git } = call.repository;
      if ((await git.commit(oid)) === undefined) throw refused('Object does not exist');
      if (!(await git.update({ name, from: undefined, to: oid }))) throw refused('Reference already exists');
      await settle(call.repository);
      return { status: 201, body: refBody(call, { status: 201, name, oid }) };
    },
  },
  {
    method: 'PATCH',
    template: `${repo}/git/refs/{ref}`,
    needs: [{ contents: 'write' }],
    run: async call => {
      const { sha: oid, force } = move.parse(call.body);
      const { git, options } = call.repository;
      const name = nameOf(call);
      const from = await git.read(name);
      if (from === undefined) throw refused('Reference does not exist');
      if ((await git.commit(oid)) === undefined) throw refused('Object does not exist');
      const violation = options.protected?.[name.replace('refs/heads/', '')];
      if (violation !== undefined) throw refused(violation);
      if (!force && !(await git.isAncestor(from, oid))) throw refused('Update is not a fast forward');
      if (!(await git.update({ name, from, to: oid }))) throw refused('Reference cannot be updated');
      await settle(call.repository);
      return { status: 200, body: refBody(call, { status: 200, name, oid }) };
    },
  },
  {
    method: 'DELETE',
    template: `${repo}/git/refs/{ref}`,
    needs: [{ contents: 'write' }],
    run: async call => {
      const from = await call.repository.git.read(nameOf(call));
      if (from === undefined) throw refused('Reference does not exist');
      await call.repository.git.update({ name: nameOf(call), from, to: undefined });
      await settle(call.repository);
      return { status: 204 };
    },
  },
  {
    method: 'GET',
    template: `${repo}/commits/{ref}`,
    needs: [{ contents: 'read' }],
    run: async call => {
      const { git } = call.repository;
      const oid = (await git.read(`refs/heads/${call.path['ref']}`)) ?? (await git.read(call.path['ref'] ?? ''));
      const commit = oid === undefined ? undefined : await git.commit(oid);
      if (commit === undefined) throw notFound();
      const { author, committer, message, tree, parents, signed } = commit;
      const verification = { verified: signed, reason: signed ? 'valid' : 'unsigned' };
      const values = {
        sha: commit.oid,
        commit: { author, committer, message, tree: { sha: tree }, verification },
        parents: parents.map(sha => ({ sha, url: `${call.url}/commits/${sha}` })),
        files: [],
      };
      return { status: 200, body: overlay(call.example(200), values) };
    },
  },
];

function nameOf({ path }: RestCall): string {
  return `refs/${path['ref']}`;
}

function refBody({ example, url }: RestCall, { status, name, oid }: { status: number; name: string; oid: string }) {
  return overlay(example(status), { ref: name, url: `${url}/git/${name}`, object: { sha: oid } });
}

function refused(message: string): Refusal {
  return new Refusal({ status: 422, message });
}
