import { posix } from 'node:path';

/** Whether a file is the path itself or lies below it; `.` is the root, and a leading `./` or `/` changes nothing. */
export function isBelow(file: string, path: string): boolean {
  const folder = posix.join('.', path.replace(/^\/+/, '')).replace(/\/$/, '');
  return folder === '.' || file === folder || file.startsWith(`${folder}/`);
}

/** A folder and those above it up to the root, `.`, nearest first. */
export function foldersUp(folder: string): readonly string[] {
  return folder === '.' || folder === '' ? ['.'] : [folder, ...foldersUp(posix.dirname(folder))];
}

/** The deepest folder that holds all of the files; `.` for the root. */
export function commonFolder([first, ...others]: readonly [string, ...string[]]): string {
  const above = foldersUp(posix.dirname(first));
  return above.find(folder => others.every(file => isBelow(file, folder))) ?? '.';
}
