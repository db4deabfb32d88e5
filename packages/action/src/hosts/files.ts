import { randomBytes } from 'node:crypto';
import { access, constants, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ActionError } from '@eks-gitops/errors';
import { hasCode } from '../private/error-code.ts';
import { withLock } from '../private/lock.ts';
import { formatRecord, mergeRecords, parseRecord, parseRecords } from '../record.ts';

/** A file that a flag names. */
export interface NamedFile {
  readonly flag: string;
  readonly path: string;
}

/** Merging takes milliseconds: who holds the lock for this long is stuck. */
const lockLimit = 10_000;

/** Finds out before the work that a file cannot be written after it. Throws INPUT_INVALID. */
export async function checkWritable({ flag, path }: NamedFile): Promise<void> {
  try {
    await access(dirname(path), constants.W_OK);
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory()) throw new Error('it is a folder');
  } catch (thrown) {
    throw unusable({ flag, path, thrown });
  }
}

/** Writes a whole file in one step: whoever reads sees the old content or the new. */
export async function writeWhole(path: string, content: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeFile(draft, content);
    await rename(draft, path);
  } catch (thrown) {
    await rm(draft, { force: true });
    throw thrown;
  }
}

/** The text of a record file; nothing when it does not exist or is empty, as before the first step. */
export async function readRecordFile({ flag, path }: NamedFile): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim() || undefined;
  } catch (thrown) {
    if (hasCode(thrown, 'ENOENT')) return undefined;
    throw unusable({ flag, path, thrown });
  }
}

/** Joins a step's record with what other steps, perhaps at the same moment, have written to the file. Throws RECORD_MISMATCH. */
export async function mergeIntoRecordFile(file: NamedFile, line: string): Promise<void> {
  await withLock({ path: `${file.path}.lock`, limit: lockLimit }, async () => {
    const before = await readRecordFile(file);
    const record = parseRecord(line);
    const merged = before === undefined ? record : mergeRecords(parseRecords(before), record);
    await writeWhole(file.path, `${formatRecord(merged)}\n`);
  });
}

function unusable({ flag, path, thrown }: NamedFile & { thrown: unknown }): ActionError {
  const words = thrown instanceof Error ? thrown.message : String(thrown);
  return new ActionError({
    code: 'INPUT_INVALID',
    message: `The file of --${flag}, ${path}, cannot be used.`,
    found: words,
    cause: thrown,
  });
}
