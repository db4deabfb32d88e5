import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAuthority } from '../certificates.ts';
import { createFolder, lockFile, removeFolder } from '../folder.ts';
import { formatHosts, formatResolvers } from './aws-hosts.ts';
import { removeGroupsOf, sweepGroups } from './cgroups.ts';
import { countEmulationUser, emulationRule, enterRule } from './emulation.ts';

export interface SandboxOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A busybox, for `ip`. */
  readonly busybox: string;
  /** Lets arm64 programs run by this emulator. */
  readonly qemu?: string;
  /** Ends the command with SIGTERM, and after 1 s everything in the sandbox with SIGKILL. */
  readonly signal: AbortSignal;
}

const patience = 1_000;

/**
 * Runs a command in namespaces of its own (network, mounts, processes, IPC, host name; needs root): loopback is its only network,
 * AWS's host names lead there, other names are asked of a name server there, and a certificate authority of its own is trusted by Node, Go and OpenSSL programs. Whatever it starts
 * ends with it, even when this process is killed. Resolves with its exit code; standard streams are this process's own.
 */
export async function enterSandbox({ command, args, env, busybox, qemu, signal }: SandboxOptions): Promise<number> {
  signal.throwIfAborted();
  await sweepGroups();
  const folder = await createFolder('sandbox');
  const emulation = qemu === undefined ? undefined : await countEmulationUser();
  try {
    await furnish(folder);
    const child = spawn('setpriv', sandboxArgs({ folder, busybox, qemu, command, args }), {
      env: { ...process.env, ...env, ...sandboxEnv(folder) },
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    return await codeOf(child, signal);
  } finally {
    await emulation?.release();
    await removeGroupsOf(join(folder, 'tmp'));
    await removeFolder(folder);
  }
}

async function furnish(folder: string): Promise<void> {
  const { certificate, key } = await createAuthority();
  await mkdir(join(folder, 'tmp'));
  await writeFile(join(folder, 'hosts'), formatHosts());
  await writeFile(join(folder, 'resolv.conf'), formatResolvers());
  await writeFile(join(folder, 'ca.pem'), certificate);
  await writeFile(join(folder, 'ca.key'), key, { mode: 0o600 });
}

/** Environment of everything in a sandbox; EKS_GITOPS_SANDBOX is its folder. */
function sandboxEnv(folder: string): Record<string, string> {
  const authority = join(folder, 'ca.pem');
  return { EKS_GITOPS_SANDBOX: folder, TMPDIR: join(folder, 'tmp'), NODE_EXTRA_CA_CERTS: authority, SSL_CERT_FILE: authority };
}

interface Inside {
  readonly folder: string;
  readonly busybox: string;
  readonly qemu: string | undefined;
  readonly command: string;
  readonly args: readonly string[];
}

/** The shell stays as the first process of the sandbox, so that the command gets signals as it would elsewhere. */
const script = `
"$1" ip link set lo up
mount --bind "$2/hosts" /etc/hosts
[ ! -e /etc/resolv.conf ] || mount --bind "$2/resolv.conf" /etc/resolv.conf
${enterRule} "$3"
shift 3
"$@"
exit $?`;

function sandboxArgs({ folder, busybox, qemu, command, args }: Inside): string[] {
  return [
    ...['--pdeathsig', 'KILL', '--', 'flock', '--shared', '--no-fork', lockFile(folder)],
    ...['unshare', '--net', '--mount', '--pid', '--fork', '--mount-proc', '--ipc', '--uts', '--kill-child'],
    ...['sh', '-ec', script, 'sandbox', busybox, folder, qemu === undefined ? '' : emulationRule(qemu), command, ...args],
  ];
}

async function codeOf(child: ChildProcess, signal: AbortSignal): Promise<number> {
  const ended = once(child, 'exit');
  const cancel = async (): Promise<void> => {
    if (child.pid === undefined) return;
    killGroup(child.pid, 'SIGTERM');
    await Promise.race([ended, sleep(patience)]);
    killGroup(child.pid, 'SIGKILL');
  };
  signal.addEventListener('abort', cancel, { once: true });
  const [code] = await ended;
  signal.removeEventListener('abort', cancel);
  signal.throwIfAborted();
  return typeof code === 'number' ? code : 1;
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It ended by itself.
  }
}
