import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { z } from 'zod';
import { publishedGoMod } from './go-mod.ts';
import type { Source } from './source.ts';

export type GoSource = Extract<Source, { kind: 'go' }>;

export interface GoBuild {
  readonly source: GoSource;
  readonly version: string;
  /** Where the executables go. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

const env = { CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '', GOWORK: 'off' };
const downloaded = z.object({ Dir: z.string() });
const ownCommands = fileURLToPath(new URL('../../go/', import.meta.url));

/**
 * Builds a module's commands inside a copy of the module's own folder, with its own go.mod: `go install` refuses modules that exclude
 * or replace others, as BuildKit's, Kubernetes' and Flux's do.
 */
export async function buildGoTool({ source, version, folder, signal }: GoBuild): Promise<void> {
  const options = { env, cancelSignal: signal, stdin: 'ignore' } as const;
  const copy = join(folder, '.module');
  await copyFolder({ from: await downloadModule(moduleVersion(source, version), signal), to: copy, signal });
  if (source.own) await cp(join(ownCommands, source.own), join(copy, 'cmd', source.own), { recursive: true });
  for (const [path, text] of Object.entries(source.added ?? {})) {
    await mkdir(dirname(join(copy, path)), { recursive: true });
    await writeFile(join(copy, path), text);
  }
  const goMod = await readFile(join(copy, 'go.mod'), 'utf8');
  const published = publishedGoMod(goMod, source);
  await writeFile(join(copy, 'go.mod'), published);
  // Killed with this process, so that it does not write into a folder that another has taken over.
  const args = goBuildArgs({ source, moduleFolder: copy, folder, rewritten: published !== goMod });
  await execa('setpriv', ['--pdeathsig', 'KILL', '--', 'go', ...args], options);
  for (const kept of source.kept ?? []) await copyFolder({ from: join(copy, kept), to: join(folder, basename(kept)), signal });
  await rm(copy, { recursive: true });
  for (const module of source.crds ?? []) {
    const crds = join(await downloadModule(module, signal), 'config', 'crd', 'bases');
    await copyFolder({ from: crds, to: join(folder, 'crds'), signal });
  }
}

/** A tool's version may end in `+` and the revision of the command of ours. */
export function moduleVersion({ module }: GoSource, version: string): string {
  return `${module}@v${version.replace(/\+.*/, '')}`;
}

/** Gives the module's folder in Go's cache. */
async function downloadModule(module: string, signal: AbortSignal): Promise<string> {
  const options = { env, cancelSignal: signal, stdin: 'ignore' } as const;
  const { stdout } = await execa('go', ['mod', 'download', '-json', module], options);
  return downloaded.parse(JSON.parse(stdout)).Dir;
}

/** Go's cache is read-only, the copy is not. */
async function copyFolder({ from, to, signal }: { from: string; to: string; signal: AbortSignal }): Promise<void> {
  await mkdir(to, { recursive: true });
  await execa('cp', ['-R', '--no-preserve=mode', '--', `${from}/.`, to], { cancelSignal: signal, stdin: 'ignore' });
}

export interface GoBuildArgs {
  readonly source: GoSource;
  readonly moduleFolder: string;
  readonly folder: string;
  /** Whether its go.mod is no longer the module's own: then go.sum lacks lines, which Go's checksum database gives. */
  readonly rewritten: boolean;
}

/** Arguments of `go build`: two compilers at once, since a linker of these sizes takes gigabytes. */
export function goBuildArgs({ source, moduleFolder, folder, rewritten }: GoBuildArgs): string[] {
  const ldflags = ['-s', '-w', ...(source.stamp ? [`-X ${source.stamp}`] : [])].join(' ');
  return [
    ...['build', '-C', moduleFolder, '-p=2', `-mod=${rewritten ? 'mod' : 'readonly'}`, '-buildvcs=false', '-trimpath'],
    ...[`-ldflags=${ldflags}`, `-o=${join(folder, '/')}`, ...source.commands],
  ];
}
