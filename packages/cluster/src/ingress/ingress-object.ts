import { ActionError } from '@eks-gitops/errors';
import { tryJson } from '@eks-gitops/http';
import { z } from 'zod';

/** What of an Ingress decides how it is asked. */
export interface IngressState {
  /** The host names and IP addresses that its controller gave it; none before it does. */
  readonly addresses: readonly string[];
  readonly className?: string;
  /** Where its load balancer listens. */
  readonly scheme: 'http' | 'https';
  readonly port: number;
  /** The host that its rules want to be asked for, when none of them takes every host. */
  readonly host?: string;
}

const ingress = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()).optional() }),
  spec: z
    .object({
      ingressClassName: z.string().optional(),
      tls: z.array(z.unknown()).optional(),
      rules: z.array(z.object({ host: z.string().optional() })).optional(),
    })
    .optional(),
  status: z
    .object({
      loadBalancer: z
        .object({ ingress: z.array(z.object({ hostname: z.string().optional(), ip: z.string().optional() })).optional() })
        .optional(),
    })
    .optional(),
});
type Ingress = z.infer<typeof ingress>;

const listenPorts = z.array(z.partialRecord(z.enum(['HTTP', 'HTTPS']), z.number()));
const prefix = 'alb.ingress.kubernetes.io';

/** Reads an Ingress of networking.k8s.io/v1 as the API server sends it. Throws CLUSTER_RESPONSE for an object that is none. */
export function readIngress(object: unknown): IngressState {
  const parsed = ingress.safeParse(object);
  if (!parsed.success) throw malformed(parsed.error);
  const { metadata, spec, status } = parsed.data;
  const given = status?.loadBalancer?.ingress ?? [];
  const { annotations = {} } = metadata;
  const addresses = new Set(given.map(({ hostname, ip }) => hostname || ip || '').filter(address => address !== ''));
  const className = spec?.ingressClassName ?? annotations['kubernetes.io/ingress.class'];
  const host = hostOf(parsed.data);
  return {
    addresses: [...addresses],
    ...(className === undefined ? {} : { className }),
    ...listener(parsed.data, className),
    ...(host === undefined ? {} : { host }),
  };
}

/**
 * The first HTTPS listener, else the first of HTTP. The AWS Load Balancer Controller listens on 80, or with a certificate-arn on 443, unless
 * listen-ports says otherwise; spec.tls alone makes no listener there, as it does under other controllers.
 * https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#listen-ports
 */
function listener({ metadata, spec }: Ingress, className: string | undefined): Pick<IngressState, 'scheme' | 'port'> {
  const { [`${prefix}/listen-ports`]: ports, [`${prefix}/certificate-arn`]: certificate } = metadata.annotations ?? {};
  const listed = listenPorts.safeParse(tryJson(ports ?? '')).data ?? [];
  const port = (protocol: 'HTTP' | 'HTTPS'): number | undefined => listed.find(one => one[protocol] !== undefined)?.[protocol];
  const secure = port('HTTPS');
  const plain = port('HTTP');
  if (secure !== undefined) return { scheme: 'https', port: secure };
  if (plain !== undefined) return { scheme: 'http', port: plain };
  const encrypted = certificate !== undefined || (className !== 'alb' && (spec?.tls ?? []).length > 0);
  return encrypted ? { scheme: 'https', port: 443 } : { scheme: 'http', port: 80 };
}

/** A wildcard names no host that could be asked for. */
function hostOf({ spec }: Ingress): string | undefined {
  const hosts = (spec?.rules ?? []).map(({ host = '' }) => host);
  return hosts.includes('') ? undefined : hosts.find(host => !host.startsWith('*'));
}

function malformed(error: z.ZodError): ActionError {
  return new ActionError({
    code: 'CLUSTER_RESPONSE',
    message: 'The API server sent an Ingress that is none.',
    expected: 'an Ingress of networking.k8s.io/v1',
    found: z.prettifyError(error),
  });
}
