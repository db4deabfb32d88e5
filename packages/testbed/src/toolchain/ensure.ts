import { mkdir, rm, writeFile } from 'node:fs/promises';
import { ActionError } from '@eks-gitops/errors';
import { ExecaError } from 'execa';
import { withLock } from '../lock.ts';
import { completeMark, toolFolder, toolsFolder } from './cache.ts';
import { type DebianArchive, openDebianArchive } from './debian.ts';
import { type FoundTool, findTool } from './find.ts';
import { buildGoTool } from './go.ts';
import { apt, demand, go, type Prerequisite, python } from './prerequisite.ts';
import { installFromPypi } from './pypi.ts';
import { type Source, type ToolName, toolSpec } from './table.ts';

export interface EnsureOptions {
  readonly names: readonly ToolName[];
  /** Takes a line of progress. */
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

const prerequisites: Readonly<Record<Source['kind'], Prerequisite>> = { go, debian: apt, pypi: python };
const reportEvery = 30_000;

/**
 * Finds the tools on PATH or in the cache, and builds or fetches the others, once: callers at the same time wait for each other.
 * Rejects with TOOL_MISSING when the machine lacks what that takes.
 */
export async function ensureTools({ names, report, signal }: EnsureOptions): Promise<ReadonlyMap<ToolName, FoundTool>> {
  const tools = new Map<ToolName, FoundTool>();
  const missing = (await Promise.all(names.map(async name => ({ name, found: await findTool(name) })))).flatMap(
    ({ name, found }) => {
      if (found) tools.set(name, found);
      return found ? [] : [name];
    },
  );
  if (missing.length === 0) return tools;

  const kinds = new Set(missing.map(name => toolSpec(name).source.kind));
  for (const kind of kinds) {
    await demand(prerequisites[kind], missing.filter(name => toolSpec(name).source.kind === kind).join(', '));
  }
  report(
    `Bringing ${missing.join(', ')}: about ${formatSeconds(estimate(missing))} on two idle cores, kept in ${toolsFolder()}.`,
  );
  await mkdir(toolsFolder(), { recursive: true });
  await bringAll({ names: missing, report, signal });
  for (const name of missing) {
    const found = await findTool(name);
    if (found) tools.set(name, found);
  }
  return tools;
}

/** Go's builds one after the other, since each uses both cores; the downloads beside them. */
async function bringAll({ names, report, signal }: EnsureOptions): Promise<void> {
  const failing = new AbortController();
  const both = AbortSignal.any([signal, failing.signal]);
  const lane = async (kind: Source['kind']): Promise<void> => {
    const own = names.filter(name => toolSpec(name).source.kind === kind);
    const archive =
      kind === 'debian' && own.length > 0 ? await openDebianArchive({ within: toolsFolder(), signal: both }) : undefined;
    try {
      for (const name of own) await bring({ name, report, signal: both, archive });
    } finally {
      await archive?.close();
    }
  };
  const lanes = (['go', 'debian', 'pypi'] as const).map(kind =>
    lane(kind).catch(error => {
      failing.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(lanes);
  await Promise.all(lanes).catch(() => {
    throw failing.signal.reason;
  });
}

interface Bringing {
  readonly name: ToolName;
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
  readonly archive: DebianArchive | undefined;
}

async function bring({ name, report, signal, archive }: Bringing): Promise<void> {
  const folder = toolFolder(name);
  const { source, version } = toolSpec(name);
  await withLock(`${folder}.lock`, async () => {
    if (await findTool(name)) return;
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const began = Date.now();
    const seconds = (): number => Math.round((Date.now() - began) / 1000);
    report(`${name} ${version}: ${describeSource(source)} …`);
    const reminder = setInterval(() => report(`${name} ${version}: still at it after ${seconds()} s`), reportEvery);
    try {
      await fetchTool({ source, version, folder, signal, archive });
    } catch (error) {
      throw bringingFailed({ name, error, signal });
    } finally {
      clearInterval(reminder);
    }
    await writeFile(completeMark(folder), `${describeSource(source)}\n`);
    report(`${name} ${version}: done in ${seconds()} s`);
  });
}

interface Fetching {
  readonly source: Source;
  readonly version: string;
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly archive: DebianArchive | undefined;
}

async function fetchTool({ source, version, folder, signal, archive }: Fetching): Promise<void> {
  switch (source.kind) {
    case 'go':
      return buildGoTool({ source, version, folder, signal });
    case 'debian':
      return archive?.unpack(source, folder);
    case 'pypi':
      return installFromPypi({ requirement: source.requirement, folder, signal });
  }
}

function bringingFailed({ name, error, signal }: { name: ToolName; error: unknown; signal: AbortSignal }): unknown {
  if (signal.aborted) return signal.reason;
  const words = error instanceof ExecaError ? String(error.all ?? error.stderr ?? '') : String(error);
  return new ActionError({
    code: 'TOOL_MISSING',
    message: `${name} could not be brought.`,
    detail: words.split('\n').slice(-20).join('\n'),
    remedy: `Try again with: scripts/toolchain ${name}`,
    cause: error,
  });
}

function describeSource(source: Source): string {
  switch (source.kind) {
    case 'go':
      return `building from the Go module ${source.module}`;
    case 'debian':
      return `unpacking Debian's ${source.package}${source.architecture ? ` for ${source.architecture}` : ''}`;
    case 'pypi':
      return `installing ${source.requirement} from PyPI`;
  }
}

function estimate(names: readonly ToolName[]): number {
  const ofKind = (kind: Source['kind']): number =>
    names.filter(name => toolSpec(name).source.kind === kind).reduce((sum, name) => sum + toolSpec(name).estimate, 0);
  return Math.max(ofKind('go'), ofKind('debian'), ofKind('pypi'));
}

function formatSeconds(seconds: number): string {
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
