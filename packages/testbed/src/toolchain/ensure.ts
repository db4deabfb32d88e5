import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { toActionError } from '@eks-gitops/errors';
import { bring } from './bring.ts';
import { toolsFolder } from './cache.ts';
import { type DebianArchive, openDebianArchive } from './debian.ts';
import { type FoundTool, findTool, versionOf } from './find.ts';
import { buildGoTool } from './go.ts';
import { copyFromImage, dockerAnswers, type ToolImage } from './image.ts';
import { apt, demand, go, type Prerequisite, python } from './prerequisite.ts';
import { installFromPypi } from './pypi.ts';
import type { Source } from './source.ts';
import { type ToolName, toolSpec } from './table.ts';

export interface EnsureOptions {
  readonly names: readonly ToolName[];
  /** Takes a line of progress. */
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

const prerequisites: Readonly<Record<Source['kind'], Prerequisite>> = { go, debian: apt, pypi: python };

/**
 * Finds the tools on the machine or in the cache, and brings the others, once: callers at the same time wait for each other. What Go
 * would have to build is copied from its publisher's image where Docker answers. Rejects with TOOL_MISSING when the machine lacks
 * what that takes.
 */
export async function ensureTools({ names, report, signal }: EnsureOptions): Promise<ReadonlyMap<ToolName, FoundTool>> {
  const first = await findAll(names);
  const missing = names.filter(name => !first.has(name));
  if (missing.length === 0) return first;
  await mkdir(toolsFolder(), { recursive: true });
  await copyAll({ names: missing, report, signal });

  const copied = await findAll(missing);
  const left = missing.filter(name => !copied.has(name));
  for (const kind of new Set(left.map(name => toolSpec(name).source.kind))) {
    await demand(prerequisites[kind], left.filter(name => toolSpec(name).source.kind === kind).join(', '));
  }
  if (left.length > 0) {
    report(`Bringing ${left.join(', ')}: about ${formatSeconds(estimate(left))} on two idle cores, kept in ${toolsFolder()}.`);
  }
  await bringAll({ names: left, report, signal });
  return new Map([...first, ...copied, ...(await findAll(left))]);
}

async function findAll(names: readonly ToolName[]): Promise<Map<ToolName, FoundTool>> {
  const found = await Promise.all(names.map(async name => [name, await findTool(name)] as const));
  return new Map(found.flatMap(([name, tool]) => (tool === undefined ? [] : [[name, tool] as const])));
}

/** Copies from images what can be; what cannot is left to be built, with a line that says why. */
async function copyAll({ names, report, signal }: EnsureOptions): Promise<void> {
  const published = names.flatMap(name => {
    const { source } = toolSpec(name);
    return source.kind === 'go' && source.image !== undefined ? [{ name, image: source.image }] : [];
  });
  if (published.length === 0 || !(await dockerAnswers(signal))) return;
  await Promise.all(
    published.map(async ({ name, image }) => {
      const fetch = (folder: string) => copyTool({ name, image, folder, signal });
      const way = `copying from the image ${image.reference}`;
      await bring({ name, way, fetch, report, signal }).catch((error: unknown) => {
        signal.throwIfAborted();
        const { failure, message } = toActionError(error);
        const why = (failure.detail ?? message).split('\n').at(-1);
        report(`${name}: ${image.reference} is not to be had by Docker, so Go builds it. ${why}`);
      });
    }),
  );
}

interface ToolCopy {
  readonly name: ToolName;
  readonly image: ToolImage;
  readonly folder: string;
  readonly signal: AbortSignal;
}

async function copyTool({ name, image, folder, signal }: ToolCopy): Promise<void> {
  const { version, file, onPath } = toolSpec(name);
  await copyFromImage({ image, container: `eks-gitops-toolchain-${name}-${version}`, folder, signal });
  const found = onPath && (await versionOf(join(folder, file), onPath.versionArgs));
  if (found !== version) throw new Error(`What it holds is ${found === undefined ? 'no program of this machine' : found}.`);
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
      for (const name of own) {
        const { source, version } = toolSpec(name);
        const fetch = (folder: string) => fetchTool({ source, version, folder, signal: both, archive });
        await bring({ name, way: describeSource(source), fetch, report, signal: both });
      }
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
