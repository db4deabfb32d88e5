import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { openDebianArchive } from './debian.ts';

export interface PypiInstall {
  /** For example `moto[server]==5.2.5`. */
  readonly requirement: string;
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Installs a package from PyPI into a virtual environment. */
export async function installFromPypi({ requirement, folder, signal }: PypiInstall): Promise<void> {
  const options = { cancelSignal: signal, stdin: 'ignore', all: true } as const;
  const { failed: bare } = await execa('python3', ['-c', 'import ensurepip'], { ...options, reject: false });
  await execa('python3', ['-m', 'venv', ...(bare ? ['--without-pip'] : []), folder], options);
  const pip = bare ? [await fetchPip({ folder, signal })] : ['-m', 'pip'];
  await execa(join(folder, 'bin', 'python3'), [...pip, 'install', '--quiet', '--no-input', requirement], options);
}

/** Debian's python3 comes without pip; its wheel is a package of its own, and runs as it is. */
async function fetchPip({ folder, signal }: Omit<PypiInstall, 'requirement'>): Promise<string> {
  const unpacked = join(folder, 'pip');
  const archive = await openDebianArchive({ within: dirname(folder), signal });
  await archive.unpack({ kind: 'debian', package: 'python3-pip-whl' }, unpacked).finally(archive.close);
  const wheels = join(unpacked, 'usr', 'share', 'python-wheels');
  const wheel = (await readdir(wheels)).find(name => name.startsWith('pip-'));
  return join(wheels, wheel ?? 'pip.whl', 'pip');
}
