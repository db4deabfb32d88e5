import { readdir, readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { abandonedGroups } from './sandbox/cgroups.ts';
import { emulationEntry, isEmulationUsed, mountFormats } from './sandbox/emulation.ts';

/** What lab and tests must leave as it was. A port needs a process or a network namespace of a process, so processes stand for it. */
export interface MachineState {
  /** Command lines of the processes whose environment holds the marker. */
  readonly processes: readonly string[];
  readonly mounts: readonly string[];
  /** Entries of the kernel's table of binary formats; empty without root. */
  readonly binaryFormats: readonly string[];
  readonly sysctls: Readonly<Record<string, string>>;
  /** Control groups that nodes of clusters left behind. */
  readonly groups: readonly string[];
}

const watched = ['net/ipv4/ip_forward', 'vm/overcommit_memory', 'kernel/panic', 'kernel/panic_on_oops', 'kernel/hostname'];

/** Reads the state of the machine; `marker` is a text that only the processes in question have in their environment. */
export async function readMachine({ marker }: { marker: string }): Promise<MachineState> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).trim().split('\n');
  const sysctls = await Promise.all(watched.map(async name => [name, await readQuietly(`/proc/sys/${name}`)] as const));
  return {
    processes: await markedProcesses(marker),
    mounts,
    binaryFormats: await binaryFormats(),
    sysctls: Object.fromEntries(sysctls),
    groups: await abandonedGroups(),
  };
}

async function markedProcesses(marker: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name) && Number(name) !== process.pid);
  const commands = await Promise.all(
    pids.map(async pid => {
      const marked = (await readQuietly(`/proc/${pid}/environ`)).includes(marker);
      return marked ? [(await readQuietly(`/proc/${pid}/cmdline`)).replaceAll('\0', ' ').trim()] : [];
    }),
  );
  return commands.flat().filter(command => command !== '');
}

async function binaryFormats(): Promise<string[]> {
  if (process.getuid?.() !== 0) return [];
  const { stdout } = await execa('unshare', ['--mount', 'sh', '-ec', `${mountFormats}; ls /proc/sys/fs/binfmt_misc`]);
  // Our entry belongs there as long as a run of ours, beside or around this one, uses it.
  const used = await isEmulationUsed();
  return stdout.split('\n').filter(name => !(used && name === emulationEntry));
}

async function readQuietly(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
