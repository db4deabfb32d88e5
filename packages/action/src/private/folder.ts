import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PrivateFolder } from '../context.ts';
import { tryLock } from './lock.ts';
import { isDead, ownerForm, thisOwner } from './owner.ts';
import { noteUndo, readUndos, runUndo, type UndoWorld } from './undo.ts';

const prefix = 'eks-gitops-';
const folderForm = new RegExp(`^${prefix}(${ownerForm.source})-[A-Za-z0-9]{6}$`);

/** Makes a folder with mode 0700 (mkdtemp(3)) whose name says which process owns it. */
export async function makePrivateFolder(parent: string): Promise<PrivateFolder> {
  const path = await mkdtemp(join(parent, `${prefix}${thisOwner()}-`));
  return { path, undoLater: command => noteUndo(path, command) };
}

/** Undoes what the folder's journal says, last first, and removes the folder. The same at the end, in the post step and by the sweep. */
export async function endPrivateFolder(path: string, world: UndoWorld): Promise<void> {
  for (const command of await readUndos(path)) await runUndo(command, world);
  await rm(path, { recursive: true, force: true }).catch((thrown: unknown) =>
    world.report(`${path} could not be removed: ${thrown}`),
  );
}

/** Ends every private folder in `parent` whose owner is dead: what a SIGKILL left. Gives their paths. */
export async function sweepPrivateFolders(parent: string, world: UndoWorld): Promise<readonly string[]> {
  const names = await readdir(parent).catch((): string[] => []);
  const left = names.filter(name => isDead(folderForm.exec(name)?.[1] ?? ''));
  const swept = await Promise.all(left.map(name => sweep(join(parent, name), world)));
  return swept.flat();
}

async function sweep(path: string, world: UndoWorld): Promise<string[]> {
  if (!(await isOurs(path)) || !(await claim(path))) return [];
  await endPrivateFolder(path, world);
  return [path];
}

/** Others may write to the parent too: only a real folder of this user that nobody else can write to holds commands to run. */
async function isOurs(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
}

/** Of several sweeping runs one gets the folder; when that one is killed too, a later one does. */
async function claim(path: string): Promise<boolean> {
  return tryLock(join(path, 'sweeping')).catch(() => false);
}
