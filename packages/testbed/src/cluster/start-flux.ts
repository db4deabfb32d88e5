import type { RestartableProcess } from '../restartable.ts';
import type { ControlPlane } from './control-plane.ts';
import { type FluxComponent, fluxComponents, startController } from './flux-controller.ts';

export interface FluxOptions {
  /** A cluster, or a control plane alone. */
  readonly cluster: Pick<ControlPlane, 'api' | 'kubeconfig'>;
  /** Default: those that take a new tag to the cluster. */
  readonly components?: readonly FluxComponent[];
  /** AWS credentials and region, as `startEcr` gives them: an ImageRepository of provider aws takes them, as of a node's role. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Flux's controllers, which run beside the cluster and not in it. */
export interface Flux {
  readonly log: (component: FluxComponent) => string;
  /** Ends a controller as a crash would; `restart` brings it back with what it had stored. */
  readonly kill: (component: FluxComponent) => Promise<void>;
  readonly restart: (component: FluxComponent) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts Flux's controllers on a cluster with their kinds and the namespace flux-system. They reach what the sandbox reaches, trust its
 * authority, and hold an administrator's rights.
 */
export async function startFlux({ cluster, components = fluxComponents, env = {} }: FluxOptions): Promise<Flux> {
  await cluster.api.apply('{ apiVersion: v1, kind: Namespace, metadata: { name: flux-system } }');
  const started = await Promise.allSettled(
    components.map(async component => [component, await startController({ component, controlPlane: cluster, env })] as const),
  );
  const running = new Map(started.flatMap(result => (result.status === 'fulfilled' ? [result.value] : [])));
  const stop = async (): Promise<void> => {
    await Promise.all([...running.values()].map(controller => controller.stop()));
  };
  const failed = started.find(result => result.status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  const controllerOf = (component: FluxComponent): RestartableProcess => {
    const found = running.get(component);
    if (found === undefined) throw new Error(`${component} was not started.`);
    return found;
  };
  return {
    log: component => controllerOf(component).log(),
    kill: component => controllerOf(component).kill(),
    restart: component => controllerOf(component).start(),
    stop,
  };
}
