import { join } from 'node:path';
import { execa } from 'execa';

export interface PypiInstall {
  /** For example `moto[server]==5.2.5`. */
  readonly requirement: string;
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Installs a package from PyPI into a virtual environment. */
export async function installFromPypi({ requirement, folder, signal }: PypiInstall): Promise<void> {
  const options = { cancelSignal: signal, stdin: 'ignore', all: true } as const;
  await execa('python3', ['-m', 'venv', folder], options);
  await execa(join(folder, 'bin', 'python3'), ['-m', 'pip', 'install', '--quiet', '--no-input', requirement], options);
}
