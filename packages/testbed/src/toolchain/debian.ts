import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Source } from './source.ts';

export type DebianSource = Extract<Source, { kind: 'debian' }>;

/** apt's package lists in a folder of our own: no root is needed, and the machine's package state is not touched. */
export interface DebianArchive {
  /** Downloads a package and unpacks it into a folder. */
  readonly unpack: (source: DebianSource, folder: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface DebianOptions {
  /** Folder to work in. */
  readonly within: string;
  readonly signal: AbortSignal;
}

/** Fetches the package lists of the machine's own Debian sources, for amd64 and arm64. */
export async function openDebianArchive({ within, signal }: DebianOptions): Promise<DebianArchive> {
  const folder = await mkdtemp(join(within, '.apt-'));
  await mkdir(join(folder, 'state', 'lists', 'partial'), { recursive: true });
  await mkdir(join(folder, 'cache', 'archives', 'partial'), { recursive: true });
  await writeFile(join(folder, 'state', 'status'), '');
  const options = { cancelSignal: signal, stdin: 'ignore', all: true, cwd: folder } as const;
  // A source that cannot be reached is not a failure: the download tells whether the package was to be had.
  await execa('apt-get', [...aptOptions(folder), 'update'], { ...options, reject: false });
  const unpack = async ({ package: name, architecture, beside = [] }: DebianSource, target: string): Promise<void> => {
    const download = await mkdtemp(join(folder, 'deb-'));
    const wanted = [name, ...beside].map(one => (architecture === undefined ? one : `${one}:${architecture}`));
    await execa('apt-get', [...aptOptions(folder), 'download', ...wanted], { ...options, cwd: download });
    for (const file of await readdir(download)) await execa('dpkg-deb', ['--extract', join(download, file), target], options);
  };
  return { unpack, close: () => rm(folder, { recursive: true, force: true }) };
}

function aptOptions(folder: string): string[] {
  const settings = {
    'Dir::State': join(folder, 'state'),
    'Dir::State::status': join(folder, 'state', 'status'),
    'Dir::Cache': join(folder, 'cache'),
    'APT::Sandbox::User': '',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '2',
    'Acquire::http::Timeout': '20',
    'Acquire::https::Timeout': '20',
  };
  const architectures = ['-oAPT::Architectures::=amd64', '-oAPT::Architectures::=arm64'];
  return ['-q', ...Object.entries(settings).map(([name, value]) => `-o${name}=${value}`), ...architectures];
}
