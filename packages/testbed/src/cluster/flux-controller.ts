import { createFolder, removeFolder } from '../folder.ts';
import { freePort } from '../listening.ts';
import { type RestartableProcess, startRestartable } from '../restartable.ts';
import { requireTool } from '../toolchain/find.ts';
import type { ControlPlane } from './control-plane.ts';
import { applyDefinitions } from './definitions.ts';

/** The controllers that take a new tag to the cluster, in the order in which it goes through them. */
export const fluxComponents = [
  'image-reflector-controller',
  'image-automation-controller',
  'source-controller',
  'kustomize-controller',
] as const;

/** Flux's controllers that the testbed has. */
export type FluxComponent = (typeof fluxComponents)[number] | 'helm-controller';

export interface ControllerOptions {
  readonly component: FluxComponent;
  readonly controlPlane: Pick<ControlPlane, 'api' | 'kubeconfig'>;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts one of Flux's controllers, for all namespaces, as an administrator, and has the kinds served that it works with. */
export async function startController({ component, controlPlane, env = {} }: ControllerOptions): Promise<RestartableProcess> {
  await applyDefinitions(controlPlane.api, component);
  const folder = await createFolder('flux');
  const server = await startRestartable({
    name: component,
    command: await requireTool(component),
    args: [
      ...['--watch-all-namespaces', '--events-addr=', '--metrics-addr=0', '--health-addr=0', '--log-level=debug'],
      ...(await storageArgs({ component, folder })),
      ...(dependents.includes(component) ? ['--requeue-dependency=1s'] : []),
    ],
    env: { ...env, ...withoutBundle, KUBECONFIG: controlPlane.kubeconfig, RUNTIME_NAMESPACE: 'flux-system', TMPDIR: folder },
    folder,
    ready: log => /"msg":"Starting workers"/.exec(log)?.[0],
  });
  const stop = async (): Promise<void> => {
    await server.stop();
    await removeFolder(folder);
  };
  return { ...server, stop };
}

/** Those that look for what they depend on twice a minute, unless told otherwise. */
const dependents: readonly FluxComponent[] = ['source-controller', 'kustomize-controller', 'helm-controller'];

/** A machine's own AWS_CA_BUNDLE: the reflector refuses to start a session with one, and SSL_CERT_FILE names whom to trust. */
const withoutBundle = { AWS_CA_BUNDLE: '' };

async function storageArgs({ component, folder }: { component: FluxComponent; folder: string }): Promise<string[]> {
  switch (component) {
    case 'source-controller': {
      const address = `127.0.0.1:${await freePort()}`;
      return [`--storage-path=${folder}`, `--storage-addr=${address}`, `--storage-adv-addr=${address}`];
    }
    case 'image-reflector-controller':
      return [`--storage-path=${folder}`];
    default:
      return [];
  }
}
