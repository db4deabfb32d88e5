import { createHash } from 'node:crypto';
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../cluster/start-cluster.ts';
import { closeServer } from '../listening.ts';
import { nameServer } from '../sandbox/aws-hosts.ts';
import { type Dns, startDns } from '../sandbox/dns.ts';
import { type AlbIngress, listAlbIngresses } from './routes.ts';
import { serveTargets } from './serve-targets.ts';

export interface LoadBalancerOptions {
  readonly cluster: Pick<Cluster, 'api'>;
  readonly delays?: {
    /** Milliseconds from seeing an Ingress to writing its host name; default 500. */
    readonly hostname?: number;
    /** Milliseconds from there to the name's existence; default 500. */
    readonly name?: number;
  };
}

/** A simulated AWS Load Balancer Controller, with its load balancers. */
export interface LoadBalancer {
  readonly dns: Dns;
  readonly stop: () => Promise<void>;
}

interface Balancer {
  readonly hostname: string;
  /** Undefined before it is provided, and of an internal one. */
  readonly server: Server | undefined;
}

/** Of internal load balancers: nothing in the sandbox leads there, as nothing outside of a VPC does. */
const unreachable = '10.255.0.1';

/**
 * Plays the AWS Load Balancer Controller in a sandbox (its own module cannot be had): an Ingress of class alb gets a host name of
 * Elastic Load Balancing's form, which exists a while later, in the sandbox's DNS. By http on port 80 it answers 503 until the
 * service has ready endpoints, then passes requests on to one of them. An internal one has an address that is not reached.
 */
export async function startLoadBalancer({ cluster, delays = {} }: LoadBalancerOptions): Promise<LoadBalancer> {
  const { hostname: hostnameDelay = 500, name: nameDelay = 500 } = delays;
  const dns = await startDns();
  const balancers = new Map<string, Balancer>();
  const stopping = new AbortController();
  const { signal } = stopping;
  const addresses = loopbackAddresses();

  const provide = async (ingress: AlbIngress, hostname: string): Promise<void> => {
    await sleep(hostnameDelay, undefined, { signal, ref: false });
    const loadBalancer = { ingress: [{ hostname }] };
    await cluster.api.patchStatus(objectOf(ingress), { loadBalancer });
    await sleep(nameDelay, undefined, { signal, ref: false });
    const address = ingress.internal ? unreachable : addresses.next().value;
    const server = ingress.internal ? undefined : await serveTargets({ api: cluster.api, ingress, address });
    balancers.set(keyOf(ingress), { hostname, server });
    dns.set(hostname, address);
  };
  const reconcile = async (): Promise<void> => {
    const found = await listAlbIngresses(cluster.api);
    for (const ingress of found.filter(one => !balancers.has(keyOf(one)))) {
      const hostname = hostnameOf(ingress);
      balancers.set(keyOf(ingress), { hostname, server: undefined });
      provide(ingress, hostname).catch(() => balancers.delete(keyOf(ingress)));
    }
    const wanted = new Set(found.map(keyOf));
    for (const [key, { hostname, server }] of balancers) {
      if (wanted.has(key)) continue;
      balancers.delete(key);
      dns.remove(hostname);
      if (server !== undefined) await closeServer(server);
    }
  };
  const watching = repeat(reconcile, signal);
  const stop = async (): Promise<void> => {
    stopping.abort();
    await watching;
    for (const { server } of balancers.values()) if (server !== undefined) await closeServer(server);
    await dns.stop();
  };
  return { dns, stop };
}

function* loopbackAddresses(): Generator<string, never> {
  for (let number = 0; ; number += 1) yield `127.0.${2 + Math.floor(number / 250)}.${(number % 250) + 1}`;
}

const interval = 100;

/** An API server that is down for a while is asked again. */
async function repeat(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await work().catch(() => undefined);
    await sleep(interval, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

function keyOf({ namespace, name }: AlbIngress): string {
  return `${namespace}/${name}`;
}

function objectOf({ namespace, name }: AlbIngress) {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { namespace, name } };
}

/** As the controller names load balancers: eight characters of each name, and a hash; AWS adds a number. */
function hostnameOf({ namespace, name, internal }: AlbIngress): string {
  const digest = createHash('sha256').update(`${namespace}/${name}`).digest();
  const parts = ['k8s', namespace.slice(0, 8), name.slice(0, 8), digest.toString('hex').slice(0, 10)];
  return `${internal ? 'internal-' : ''}${parts.join('-')}-${digest.readUInt32BE(0)}.${nameServer.zone}`;
}
