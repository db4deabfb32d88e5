import { join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import type { Source } from './table.ts';

export type GoSource = Extract<Source, { kind: 'go' }>;

export interface GoBuild {
  readonly source: GoSource;
  readonly version: string;
  /** Where the executables go. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

const downloaded = z.object({ Dir: z.string() });

/**
 * Builds a module's commands inside the module's own folder, with its own go.mod: `go install` refuses modules that exclude or
 * replace others, as BuildKit's does.
 */
export async function buildGoTool({ source, version, folder, signal }: GoBuild): Promise<void> {
  const env = { CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '', GOWORK: 'off' };
  const options = { env, cancelSignal: signal, stdin: 'ignore' } as const;
  const download = await execa('go', ['mod', 'download', '-json', `${source.module}@v${version}`], options);
  const { Dir } = downloaded.parse(JSON.parse(download.stdout));
  // Killed with this process, so that it does not write into a folder that another has taken over.
  await execa('setpriv', ['--pdeathsig', 'KILL', '--', 'go', ...goBuildArgs({ source, moduleFolder: Dir, folder })], options);
}

/** Arguments of `go build`: two compilers at once, since a linker of these sizes takes gigabytes. */
export function goBuildArgs({
  source,
  moduleFolder,
  folder,
}: {
  source: GoSource;
  moduleFolder: string;
  folder: string;
}): string[] {
  const ldflags = ['-s', '-w', ...(source.stamp ? [`-X ${source.stamp}`] : [])].join(' ');
  return [
    ...['build', '-C', moduleFolder, '-p=2', '-mod=readonly', '-trimpath', `-ldflags=${ldflags}`],
    ...[`-o=${join(folder, '/')}`, ...source.commands],
  ];
}
