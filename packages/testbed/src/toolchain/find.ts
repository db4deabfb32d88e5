import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { completeMark, toolFolder } from './cache.ts';
import { type ToolName, toolSpec } from './table.ts';
import { findVersion, isAtLeast } from './version.ts';

export interface FoundTool {
  readonly file: string;
  readonly from: 'PATH' | 'cache';
  readonly version: string;
}

/** Looks for a tool on PATH (in the pinned version or newer), then in the cache. */
export async function findTool(name: ToolName): Promise<FoundTool | undefined> {
  return (await findOnPath(name)) ?? (await findInCache(name));
}

/** The executable of a tool; rejects with the command that brings it. */
export async function requireTool(name: ToolName): Promise<string> {
  const found = await findTool(name);
  if (found === undefined) throw new Error(`${name} ${toolSpec(name).version} is missing. Run: scripts/toolchain ${name}`);
  return found.file;
}

async function findOnPath(name: ToolName): Promise<FoundTool | undefined> {
  const { onPath, version: wanted } = toolSpec(name);
  if (onPath === undefined) return undefined;
  for (const folder of (process.env['PATH'] ?? '').split(delimiter).filter(entry => entry.startsWith('/'))) {
    const file = join(folder, onPath.executable);
    if (!(await isPresent(file, constants.X_OK))) continue;
    const version = await versionOf(file, onPath.versionArgs);
    if (version !== undefined && isAtLeast(version, wanted)) return { file, from: 'PATH', version };
  }
  return undefined;
}

/** The version that an executable tells; undefined when it does not run, or tells none. */
export async function versionOf(file: string, args: readonly string[]): Promise<string | undefined> {
  const { all } = await execa(file, args, { all: true, reject: false, stdin: 'ignore', timeout: 10_000 });
  return findVersion(all ?? '');
}

async function findInCache(name: ToolName): Promise<FoundTool | undefined> {
  const { file, version } = toolSpec(name);
  const folder = toolFolder(name);
  const cached = join(folder, file);
  const complete = (await isPresent(completeMark(folder), constants.R_OK)) && (await isPresent(cached, constants.X_OK));
  return complete ? { file: cached, from: 'cache', version } : undefined;
}

async function isPresent(file: string, mode: number): Promise<boolean> {
  return access(file, mode).then(
    () => true,
    () => false,
  );
}
