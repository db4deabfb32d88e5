import { z } from 'zod';
import type { KubernetesApi } from '../cluster/api.ts';

/** An Ingress of class alb, as far as a load balancer goes by it. */
export interface AlbIngress {
  readonly namespace: string;
  readonly name: string;
  readonly internal: boolean;
  /** Of the first path of the first rule, which takes every request. */
  readonly backend: { readonly service: string; readonly port: number | string } | undefined;
}

/** What serves an Ingress's requests. */
export interface Target {
  readonly address: string;
  readonly port: number;
}

const metadata = z.looseObject({
  name: z.string(),
  namespace: z.string(),
  annotations: z.record(z.string(), z.string()).optional(),
});
const service = z.object({
  name: z.string(),
  port: z.object({ number: z.number().optional(), name: z.string().optional() }),
});
const path = z.object({ backend: z.object({ service: service.optional() }) });
const ingress = z.object({
  metadata,
  spec: z.object({
    ingressClassName: z.string().optional(),
    rules: z.array(z.object({ http: z.object({ paths: z.array(path) }).optional() })).optional(),
  }),
});
const ports = z.array(z.object({ name: z.string().nullish(), port: z.number() }));
const slice = z.object({
  ports: ports.nullish(),
  endpoints: z
    .array(z.object({ addresses: z.array(z.string()), conditions: z.object({ ready: z.boolean().nullish() }).optional() }))
    .nullish(),
});
const servicePorts = z.object({
  spec: z.object({ ports: z.array(z.object({ name: z.string().optional(), port: z.number() })) }),
});

const kind = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' };

export async function listAlbIngresses(api: KubernetesApi): Promise<AlbIngress[]> {
  const found = z.array(ingress).parse(await api.list(kind));
  return found.filter(one => classOf(one) === 'alb').map(toAlbIngress);
}

/** Reads an Ingress again. */
export async function readAlbIngress(api: KubernetesApi, { namespace, name }: AlbIngress): Promise<AlbIngress> {
  return toAlbIngress(ingress.parse(await api.get({ ...kind, metadata: { namespace, name } })));
}

function classOf({ metadata: { annotations }, spec }: z.infer<typeof ingress>): string | undefined {
  return spec.ingressClassName ?? annotations?.['kubernetes.io/ingress.class'];
}

function toAlbIngress({ metadata: { name, namespace, annotations }, spec }: z.infer<typeof ingress>): AlbIngress {
  const backend = spec.rules?.[0]?.http?.paths[0]?.backend.service;
  const port = backend?.port.number ?? backend?.port.name;
  return {
    namespace,
    name,
    internal: annotations?.['alb.ingress.kubernetes.io/scheme'] !== 'internet-facing',
    backend: backend === undefined || port === undefined ? undefined : { service: backend.name, port },
  };
}

/** The ready endpoints of an Ingress's service: pods' own addresses and ports, as with target type ip. */
export async function listTargets(api: KubernetesApi, { namespace, backend }: AlbIngress): Promise<Target[]> {
  if (backend === undefined) return [];
  const named = { apiVersion: 'v1', kind: 'Service', metadata: { name: backend.service, namespace } };
  const found = servicePorts.safeParse(await api.get(named).catch(() => undefined));
  const wanted = found.data?.spec.ports.find(({ name, port }) => backend.port === port || backend.port === name);
  if (wanted === undefined) return [];
  const labelSelector = `kubernetes.io/service-name=${backend.service}`;
  const slices = await api.list({ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', namespace, labelSelector });
  return z
    .array(slice)
    .parse(slices)
    .flatMap(({ ports: own, endpoints }) => {
      const port = own?.find(({ name }) => (name ?? '') === (wanted.name ?? ''))?.port;
      const ready = (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false);
      return port === undefined ? [] : ready.flatMap(({ addresses }) => addresses.map(address => ({ address, port })));
    });
}
