import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';

export interface ContainerRun {
  readonly shell: string;
  readonly script: string;
  /** Stands in for the container's own files: its `/tmp` is kept in it. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeout: number;
}

/** Exit code and output of both streams, in their order. */
export interface ContainerOutput {
  readonly exitCode: number | undefined;
  readonly timedOut: boolean;
  readonly output: string;
}

/** The testbed's own folders stay to be seen beneath a `/tmp` of one's own. */
const enter = `
if [ "\${2#/tmp/}" != "$2" ]; then mkdir -p "$1/\${2#/tmp/}"; mount --bind "$2" "$1/\${2#/tmp/}"; fi
mount --rbind "$1" /tmp
cd /
shift 2
exec "$@"`;

/** Runs a script where nothing of another build is seen: with processes and a `/tmp` of its own, as a build's container has. Needs root. */
export async function runInContainer({ shell, script, folder, env, timeout }: ContainerRun): Promise<ContainerOutput> {
  const own = join(folder, 'tmp');
  await mkdir(own, { recursive: true });
  const inside = ['sh', '-ec', enter, 'container', own, testbedFolder(), shell, script];
  const args = ['--mount', '--pid', '--fork', '--mount-proc', '--kill-child', ...inside];
  const ended = await execa('unshare', args, {
    env,
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    reject: false,
    timeout,
    forceKillAfterDelay: 1_000,
  });
  return { exitCode: ended.exitCode, timedOut: ended.timedOut, output: ended.all };
}

/** In a sandbox, TMPDIR is a folder of the sandbox's own. */
function testbedFolder(): string {
  return dirname(tmpdir()) === '/' ? tmpdir() : dirname(tmpdir());
}
