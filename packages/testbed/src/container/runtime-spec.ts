import { z } from 'zod';

/** The part of an image's configuration that says how it is run (OCI image specification, "Image Configuration"). */
export const runConfig = z.object({
  architecture: z.string(),
  config: z
    .object({
      User: z.string().nullish(),
      Env: z.array(z.string()).nullish(),
      Entrypoint: z.array(z.string()).nullish(),
      Cmd: z.array(z.string()).nullish(),
      WorkingDir: z.string().nullish(),
      ExposedPorts: z.record(z.string(), z.unknown()).nullish(),
    })
    .nullish(),
});

export type RunConfig = z.infer<typeof runConfig>;

export interface UserIds {
  readonly uid: number;
  readonly gid: number;
}

/** Docker's default set, without those that reach beyond the container's own files and processes. */
const capabilities = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID', 'SETPCAP', 'NET_BIND_SERVICE'].map(
  name => `CAP_${name}`,
);

/** The TCP ports that an image says it listens on, the lowest first. */
export function exposedPorts({ config }: RunConfig): number[] {
  const ports = Object.keys(config?.ExposedPorts ?? {}).filter(port => !port.endsWith('/udp'));
  return ports.map(port => Number.parseInt(port, 10)).sort((a, b) => a - b);
}

/**
 * The runtime specification (OCI runtime specification 1.0, config.json) of an image unpacked in `rootfs`: its own processes and mounts,
 * the network of whoever starts it.
 */
export function formatRuntimeSpec({ image, user, rootfs }: { image: RunConfig; user: UserIds; rootfs: string }): string {
  const { Env, Entrypoint, Cmd, WorkingDir } = image.config ?? {};
  return JSON.stringify({
    ociVersion: '1.0.2',
    process: {
      user,
      args: [...(Entrypoint ?? []), ...(Cmd ?? [])],
      env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...(Env ?? [])],
      cwd: WorkingDir || '/',
      capabilities: { bounding: capabilities, permitted: capabilities, effective: capabilities },
      noNewPrivileges: true,
    },
    root: { path: rootfs },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755', 'size=65536k'] },
      { destination: '/dev/shm', type: 'tmpfs', source: 'shm', options: ['nosuid', 'noexec', 'nodev', 'mode=1777'] },
      { destination: '/sys', type: 'none', source: '/sys', options: ['rbind', 'nosuid', 'noexec', 'nodev', 'ro'] },
    ],
    linux: { namespaces: ['pid', 'ipc', 'uts', 'mount'].map(type => ({ type })) },
  });
}

/** Finds the ids of an image's user, `name`, `uid`, `name:group` or `uid:gid`, in its own passwd(5) and group(5). */
export function resolveUser({ user, passwd, group }: { user: string; passwd: string; group: string }): UserIds {
  const [name = '', groupName] = user.split(':');
  const entries = passwd.split('\n').map(line => line.split(':'));
  const own = entries.find(([known, , uid]) => known === name || uid === name);
  const uid = /^\d+$/.test(name) ? name : (own?.[2] ?? '0');
  const named = group
    .split('\n')
    .map(line => line.split(':'))
    .find(([known]) => known === groupName)?.[2];
  const gid = groupName === undefined ? (own?.[3] ?? '0') : /^\d+$/.test(groupName) ? groupName : (named ?? '0');
  return { uid: Number(uid), gid: Number(gid) };
}
