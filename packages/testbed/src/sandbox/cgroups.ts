import { readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = '/sys/fs/cgroup';
const prefix = 'egt-node-';

/**
 * The control groups that nodes left behind. A node's group has the name of its folder, and the node's own processes stay in it: a
 * group without a process is one of a node that is gone.
 */
export async function abandonedGroups(): Promise<string[]> {
  const folders = Map.groupBy(await nodeFolders(), nameOf);
  const names = await Promise.all([...folders].map(async ([name, all]) => ((await anyProcess(all)) ? [] : [name])));
  return names.flat().sort();
}

/** Removes what killed runs left. */
export async function sweepGroups(): Promise<void> {
  const names = await abandonedGroups();
  for (const folder of await nodeFolders()) if (names.includes(nameOf(folder))) await removeTree(folder);
}

/** Removes the groups of the nodes whose folders are in a folder, within 5 s: the last of their processes may still be ending. */
export async function removeGroupsOf(folder: string): Promise<void> {
  const names = (await readdir(folder).catch(() => [])).filter(name => name.startsWith(prefix));
  await Promise.all(names.map(removeGroup));
}

/** Removes the group of one node, within 5 s. */
export async function removeGroup(name: string): Promise<void> {
  for (let tries = 100; tries > 0; tries -= 1) {
    const folders = (await nodeFolders()).filter(folder => nameOf(folder) === name);
    if (folders.length === 0) return;
    if (!(await anyProcess(folders))) for (const folder of folders) await removeTree(folder);
    await sleep(50);
  }
}

/** In the one hierarchy of version 2, or in each of version 1. */
async function nodeFolders(): Promise<string[]> {
  const hierarchies = [root, ...(await subfolders(root))];
  return (await Promise.all(hierarchies.map(subfolders))).flat().filter(folder => nameOf(folder).startsWith(prefix));
}

function nameOf(folder: string): string {
  return folder.slice(folder.lastIndexOf('/') + 1);
}

async function anyProcess(folders: readonly string[]): Promise<boolean> {
  const found = await Promise.all(folders.map(hasProcess));
  return found.includes(true);
}

async function hasProcess(folder: string): Promise<boolean> {
  const own = await readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => '');
  return own !== '' || anyProcess(await subfolders(folder));
}

/** A group's files are not removed, they go with it. */
async function removeTree(folder: string): Promise<void> {
  for (const below of await subfolders(folder)) await removeTree(below);
  await rmdir(folder).catch(() => undefined);
}

async function subfolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter(entry => entry.isDirectory()).map(({ name }) => join(folder, name));
}
