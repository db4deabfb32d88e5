import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { completeMark, toolFolder } from './cache.ts';
import { type ToolName, toolSpec } from './table.ts';
import { findVersion, isAtLeast } from './version.ts';

export interface FoundTool {
  readonly file: string;
  readonly from: 'PATH' | 'docker' | 'cache';
  readonly version: string;
}

/** Looks for a tool on PATH and among docker's plugins (in the pinned version or newer), then in the cache. */
export async function findTool(name: ToolName): Promise<FoundTool | undefined> {
  return (await findOnMachine(name)) ?? (await findInCache(name));
}

/** The executable of a tool; rejects with the command that brings it. */
export async function requireTool(name: ToolName): Promise<string> {
  const found = await findTool(name);
  if (found === undefined) throw new Error(`${name} ${toolSpec(name).version} is missing. Run: scripts/toolchain ${name}`);
  return found.file;
}

async function findOnMachine(name: ToolName): Promise<FoundTool | undefined> {
  const { onPath, version: wanted } = toolSpec(name);
  if (onPath === undefined) return undefined;
  const { executable, plugin, versionArgs } = onPath;
  const places = [
    ...pathFolders().map(folder => ({ file: join(folder, executable), from: 'PATH' as const })),
    ...(plugin === undefined ? [] : pluginFolders().map(folder => ({ file: join(folder, plugin), from: 'docker' as const }))),
  ];
  for (const { file, from } of places) {
    if (!(await isPresent(file, constants.X_OK))) continue;
    const version = await versionOf(file, versionArgs);
    if (version !== undefined && isAtLeast(version, wanted)) return { file, from, version };
  }
  return undefined;
}

function pathFolders(): string[] {
  return (process.env['PATH'] ?? '').split(delimiter).filter(folder => folder.startsWith('/'));
}

/** Where docker looks for plugins, in its order (docker/cli, `cli-plugins/manager`). */
function pluginFolders(): string[] {
  const { DOCKER_CONFIG: config, HOME: home } = process.env;
  const own = config || (home ? join(home, '.docker') : undefined);
  const shared = ['/usr/local/lib', '/usr/local/libexec', '/usr/lib', '/usr/libexec'].map(folder => join(folder, 'docker'));
  return [...(own === undefined ? [] : [own]), ...shared].map(folder => join(folder, 'cli-plugins'));
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
