import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Authority, openAuthority } from '../certificates.ts';

/** The sandbox that this process runs in. */
export interface Sandbox {
  readonly authority: Authority;
  /** PEM file of the authority, for programs that are told what to trust. */
  readonly certificateFile: string;
  readonly folder: string;
}

export function inSandbox(): boolean {
  return Boolean(process.env['EKS_GITOPS_SANDBOX']);
}

/** Rejects outside a sandbox. */
export async function currentSandbox(): Promise<Sandbox> {
  const folder = process.env['EKS_GITOPS_SANDBOX'];
  if (!folder) throw new Error('This runs in a sandbox only: start it with scripts/test.');
  const certificateFile = join(folder, 'ca.pem');
  const [certificate, key] = await Promise.all([readFile(certificateFile, 'utf8'), readFile(join(folder, 'ca.key'), 'utf8')]);
  return { authority: openAuthority({ certificate, key }), certificateFile, folder };
}
