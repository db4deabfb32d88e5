import { execa } from 'execa';
import { type Lock, takeLock } from '../lock.ts';

export const emulationEntry = 'eks-gitops-qemu-aarch64';
const folder = '/proc/sys/fs/binfmt_misc';
/** Little-endian 64-bit ELF executables of machine 0xb7, as in Debian's binfmt entry for qemu-aarch64. */
const magic = '\\x7f\\x45\\x4c\\x46\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\xb7\\x00';
const mask = '\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xfe\\xff\\xff\\xff';

/** A shell command: the table of binary formats is there, mounted if it was not. */
export const mountFormats = `[ -e ${folder}/status ] || mount -t binfmt_misc eks-gitops ${folder}`;

/** A lock for the whole machine, because so is the kernel's table of binary formats. */
const users = '/run/eks-gitops-emulation.users';

/** The line that makes the kernel run arm64 programs by an emulator; F opens it at once, so that containers need no copy of it. */
export function emulationRule(qemu: string): string {
  return `:${emulationEntry}:M::${magic}:${mask}:${qemu}:OPF`;
}

/**
 * Shell commands that mount the table of binary formats and enter `$1`, a rule, unless it is empty or the machine has an enabled
 * entry with flag F for arm64. Since Linux 6.7 the table goes with its last mount, so this must run where the emulator is used.
 */
export const enterRule = `
enter_rule() {
  [ -n "$1" ] || return 0
  ${mountFormats}
  for file in ${folder}/*; do
    if grep -q '^magic 7f454c460201010000000000000000000200b7' "$file" && grep -q '^flags: .*F' "$file" && grep -q '^enabled' "$file"
    then return 0
    fi
  done 2>/dev/null
  printf %s "$1" > ${folder}/register || [ -e ${folder}/${emulationEntry} ]
}
enter_rule`;

/**
 * Counts this process among those that use emulation until `release`, when the last of them removes our entry, also one that a
 * killed run left behind.
 */
export async function countEmulationUser(): Promise<Lock> {
  const use = await takeLock({ file: users, shared: true, ifHeld: 'wait' });
  const release = async (): Promise<void> => {
    await use?.release();
    const last = await takeLock({ file: users, ifHeld: 'give-up' });
    if (last === undefined) return;
    const remove = `${mountFormats}; if [ -e ${folder}/${emulationEntry} ]; then echo -1 > ${folder}/${emulationEntry}; fi`;
    await execa('unshare', ['--mount', 'sh', '-ec', remove], { stdin: 'ignore' }).finally(last.release);
  };
  return { release };
}

/** Whether any run on this machine is counted as a user of emulation now. */
export async function isEmulationUsed(): Promise<boolean> {
  const only = await takeLock({ file: users, ifHeld: 'give-up' });
  await only?.release();
  return only === undefined;
}
