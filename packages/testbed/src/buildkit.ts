import { access, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createFolder, removeFolder } from './folder.ts';
import { startProcess } from './process.ts';
import { requireTool } from './toolchain/find.ts';

/** How the builder reaches a registry: by plain HTTP, by TLS with certificates of this authority (PEM file), or at another host that has the same images. */
export type RegistryAccess = { readonly host: string } & (
  | { readonly http: true }
  | { readonly ca: string }
  | { readonly mirror: string }
);

export interface BuildkitOptions {
  readonly registries?: readonly RegistryAccess[];
}

export interface Buildkit {
  /** For `buildx create --driver remote`. */
  readonly address: `unix://${string}`;
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/** Starts a rootful buildkitd (needs root and runc). It lives in process and mount namespaces of its own, so nothing outlives it. */
export async function startBuildkit({ registries = [] }: BuildkitOptions = {}): Promise<Buildkit> {
  const [buildkitd, runc] = await Promise.all([requireTool('buildkitd'), requireTool('runc')]);
  const folder = await createFolder('buildkit');
  await writeFile(join(folder, 'buildkitd.toml'), formatBuildkitConfig(registries));
  const socket = join(folder, 'socket');
  const server = await startProcess({
    name: 'buildkitd',
    command: 'unshare',
    args: [...['--mount', '--pid', '--fork', '--mount-proc', '--kill-child'], buildkitd, ...buildkitArgs({ folder, socket })],
    env: { PATH: `${dirname(runc)}:${process.env['PATH'] ?? ''}` },
    folder,
    ready: async log => (/running server on/.test(log) && (await exists(socket)) ? socket : undefined),
  });
  const stop = async (): Promise<void> => {
    await server.stop();
    await removeFolder(folder);
  };
  return { address: `unix://${socket}`, log: server.log, stop };
}

function buildkitArgs({ folder, socket }: { folder: string; socket: string }): string[] {
  return [
    `--config=${join(folder, 'buildkitd.toml')}`,
    `--addr=unix://${socket}`,
    `--root=${join(folder, 'root')}`,
    // Its default is one place for all of a machine, which daemons that start at once take from each other.
    `--otel-socket-path=${join(folder, 'traces')}`,
    '--oci-worker=true',
    '--containerd-worker=false',
  ];
}

/** buildkitd.toml (BuildKit documentation, "buildkitd.toml"): how each registry is reached. */
export function formatBuildkitConfig(registries: readonly RegistryAccess[]): string {
  return registries.map(registry => `[registry.${JSON.stringify(registry.host)}]\n  ${accessLine(registry)}\n`).join('\n');
}

function accessLine(registry: RegistryAccess): string {
  if ('http' in registry) return 'http = true';
  return 'ca' in registry ? `ca = [${JSON.stringify(registry.ca)}]` : `mirrors = [${JSON.stringify(registry.mirror)}]`;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
