import type { IngressState } from './ingress-object.ts';
import type { Resolution } from './names/resolution.ts';
import { isPrivateAddress } from './private-address.ts';
import type { Attempt } from './probe/answer.ts';
import type { Stage } from './stages.ts';

/** What is not yet as it should be, at the first stage that is not. */
export interface Shortfall {
  readonly stage: Stage;
  readonly expected: string;
  readonly found: string;
  readonly likely?: string;
  readonly remedy?: string;
  /** The page's own words. */
  readonly detail?: string;
}

/** What it means that a stage has not been passed. */
export const lacking: Readonly<Record<Stage, string>> = {
  exists: 'there is no such Ingress',
  address: 'its controller has given it no address',
  name: 'its name does not resolve',
  connection: 'it accepts no connection',
  tls: 'its TLS certificate is not accepted',
  status: 'it does not answer with the expected status',
  header: 'its answer does not have the expected header',
  body: 'its page does not hold what is expected',
  consecutive: 'it has not answered as expected often enough in a row',
};

/** An Ingress that is not there; `others` are the names of those in the namespace, where that is known. */
export function missingIngress(name: string, namespace: string, others: readonly string[] = []): Shortfall {
  return {
    stage: 'exists',
    expected: `an Ingress ${name} in the namespace ${namespace}`,
    found: others.length === 0 ? 'none' : `none of that name; there are ${others.join(', ')}`,
    likely: 'Flux has not applied it yet, or it has another name or namespace',
    remedy: 'run flux-reconcile before this step, or look with `kubectl get ingress --all-namespaces`',
  };
}

/** An Ingress without an address, of which its controller has said nothing. */
export function pendingIngress({ className }: IngressState): Shortfall {
  const common = { stage: 'address', expected: 'a host name or address in its status', found: 'none' } as const;
  if (className === undefined) {
    const likely = 'the Ingress names no class, and the cluster has no default one';
    return { ...common, likely, remedy: 'set spec.ingressClassName, to alb for the AWS Load Balancer Controller' };
  }
  return {
    ...common,
    likely: `no controller of the class ${className} is running, or it is still busy`,
    remedy: `look at the class with \`kubectl get ingressclass ${className}\`, and at the log of its controller`,
  };
}

export function unresolvedName(host: string, { by, words }: Resolution & { readonly kind: 'absent' }): Shortfall {
  return {
    stage: 'name',
    expected: `an address of ${host}`,
    found: `${words}${by === 'system' ? " (as the system's resolver says)" : ''}`,
    likely: 'the load balancer is new and its name is not yet served, or it was deleted',
    remedy: 'wait longer (timeout), or look at the load balancer in the AWS console',
  };
}

type Fault = Attempt & { readonly kind: 'fault' };

/** Who was asked: an address, or a proxy (HOST:PORT), which finds the address itself. */
export type Place =
  | { readonly kind: 'address'; readonly address: string; readonly port: number }
  | { readonly kind: 'proxy'; readonly proxy: string };

/** A try that ended before there was a whole answer. */
export function faultyAttempt(fault: Fault, place: Place): Shortfall {
  if (fault.stage === 'connection') return place.kind === 'proxy' ? refusedByProxy(fault, place) : unconnected(fault, place);
  const found = `${fault.words}, ${place.kind === 'proxy' ? `through the proxy ${place.proxy}` : `from ${place.address} port ${place.port}`}`;
  if (fault.stage === 'tls')
    return { stage: 'tls', expected: 'a certificate that is trusted, of the host', found, ...tlsHint(fault) };
  return {
    stage: 'status',
    expected: 'an answer over HTTP',
    found,
    likely: 'what listens there does not speak HTTP, or its targets take too long',
  };
}

/** What a connection fails with that nothing answers. */
const noWay: readonly string[] = ['ETIMEDOUT', 'ENETUNREACH', 'EHOSTUNREACH'];

/** Whether a try failed as it does where a private address cannot be reached from this machine. */
export function isUnreachablePrivate(attempt: Attempt, address: string): boolean {
  if (attempt.kind === 'answer') return false;
  const { stage, code } = attempt;
  return stage === 'connection' && noWay.includes(code) && isPrivateAddress(address);
}

function refusedByProxy({ words }: Fault, { proxy }: Place & { readonly kind: 'proxy' }): Shortfall {
  return {
    stage: 'connection',
    expected: `a connection through the proxy ${proxy}`,
    found: words,
    likely: 'the proxy is not there, finds no such name yet, or keeps this machine from that host',
    remedy: 'look at HTTP_PROXY and HTTPS_PROXY, or name the host in NO_PROXY where it is reached without',
  };
}

function unconnected({ code, words }: Fault, { address, port }: { address: string; port: number }): Shortfall {
  const common = {
    stage: 'connection',
    expected: `a connection to ${address} port ${port}`,
    found: words,
  } as const;
  if (noWay.includes(code) && isPrivateAddress(address)) {
    return { ...common, found: `${words}, and the address is a private one`, ...privateHint };
  }
  if (code === 'ECONNREFUSED') return { ...common, likely: 'nothing listens on that port', remedy: 'look at its listen-ports' };
  if (code === 'ETIMEDOUT') {
    const likely = 'the load balancer is not ready yet, or a security group or firewall keeps this machine out';
    return { ...common, likely, remedy: "look at the inbound rules of the load balancer's security groups" };
  }
  return { ...common, likely: 'this machine has no way to that address' };
}

/** What to do about a load balancer that only the VPC reaches. */
export const privateHint = {
  likely: 'the load balancer is internal: its addresses are private, and this machine is not in its network',
  remedy:
    'run this step inside the VPC (a self-hosted runner, CodeBuild with a vpcConfig), give another way to it as url, or annotate the Ingress with alb.ingress.kubernetes.io/scheme: internet-facing',
} as const;

function tlsHint({ code }: Fault): Pick<Shortfall, 'likely' | 'remedy'> {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return { likely: 'the certificate is of another host', remedy: 'give that host as host-header' };
  }
  if (code === 'CERT_HAS_EXPIRED') return { likely: 'the certificate has expired', remedy: 'renew it' };
  if (/VERIFY|SELF_SIGNED|UNABLE_TO_GET_ISSUER/.test(code)) {
    return {
      likely: 'the certificate is of an authority that this machine does not trust',
      remedy: 'give its certificate as ca',
    };
  }
  return { likely: 'the port does not speak TLS, or has no certificate for that host', remedy: 'look at its listen-ports' };
}
