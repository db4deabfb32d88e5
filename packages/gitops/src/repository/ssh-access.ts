import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitSettings } from './settings.ts';

export interface SshKey {
  readonly privateKey: string;
  /** Lines of known_hosts; without them the machine's own known_hosts count. */
  readonly knownHosts?: string;
}

/**
 * Writes the key (0600) and a configuration for ssh into the private folder, and has git use no other. The command is constant: the
 * path of the configuration comes by the environment, since git hands the command to a shell.
 */
export async function sshAccess({ privateKey, knownHosts }: SshKey, folder: string): Promise<GitSettings> {
  const files = join(folder, 'ssh');
  await mkdir(files, { recursive: true, mode: 0o700 });
  const [keyFile, hostsFile, configFile] = ['key', 'known_hosts', 'config'].map(name => join(files, name)) as [
    string,
    string,
    string,
  ];
  await writeFile(keyFile, normalizeLines(privateKey), { mode: 0o600 });
  if (knownHosts !== undefined) await writeFile(hostsFile, normalizeLines(knownHosts), { mode: 0o600 });
  await writeFile(configFile, sshConfig({ keyFile, ...(knownHosts === undefined ? {} : { hostsFile }) }), { mode: 0o600 });
  return {
    config: [],
    env: {
      GIT_SSH_COMMAND: 'ssh -F "$EKS_GITOPS_SSH_CONFIG"',
      GIT_SSH_VARIANT: 'ssh',
      EKS_GITOPS_SSH_CONFIG: configFile,
      SSH_ASKPASS: '',
      SSH_ASKPASS_REQUIRE: 'never',
    },
  };
}

/** An ssh_config(5) that offers this key alone, asks nothing, trusts no new host and gives up on a silent server. */
export function sshConfig({ keyFile, hostsFile }: { readonly keyFile: string; readonly hostsFile?: string }): string {
  const lines = [
    `IdentityFile ${quotePath(keyFile)}`,
    'IdentitiesOnly yes',
    'IdentityAgent none',
    'PreferredAuthentications publickey',
    'StrictHostKeyChecking yes',
    ...(hostsFile === undefined ? [] : [`UserKnownHostsFile ${quotePath(hostsFile)}`, 'GlobalKnownHostsFile /dev/null']),
    'UpdateHostKeys no',
    'BatchMode yes',
    'ForwardAgent no',
    'ConnectTimeout 15',
    'ServerAliveInterval 10',
    'ServerAliveCountMax 3',
  ];
  return `${lines.join('\n')}\n`;
}

/** `%` begins a token in these two settings. */
function quotePath(path: string): string {
  return `"${path.replaceAll('%', '%%')}"`;
}

/** CI stores keys with CRLF or without the last line break, and OpenSSH refuses both. */
function normalizeLines(text: string): string {
  return `${text.replaceAll('\r\n', '\n').trim()}\n`;
}
