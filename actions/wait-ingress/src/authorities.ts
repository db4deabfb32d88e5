import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ActionError } from '@eks-gitops/errors';

const pem = '-----BEGIN CERTIFICATE-----';

/** The certificates that the input ca is, or that its file holds, as PEM. Throws INPUT_INVALID for what is neither. */
export async function readAuthorities(given: string, workspace: string): Promise<string> {
  const file = given.includes(pem) ? undefined : resolve(workspace, given.trim());
  try {
    const text = file === undefined ? given : await readFile(file, 'utf8');
    new X509Certificate(text);
    return text;
  } catch (cause) {
    throw new ActionError({
      code: 'INPUT_INVALID',
      message: 'The input ca holds no certificate.',
      expected: 'certificates as PEM, or the path of a file with them',
      found: file ?? 'text that is no certificate',
      detail: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
}
