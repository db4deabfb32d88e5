import { ActionError } from '@eks-gitops/errors';
import { describeFault, faultCodes } from '@eks-gitops/http';
import type { ClusterOrigin } from '../origin.ts';
import type { ApiRequest } from './request.ts';
import { parseStatus } from './status.ts';

export interface FailureContext {
  readonly request: Pick<ApiRequest, 'purpose'>;
  readonly server: string;
  readonly origin: ClusterOrigin;
}

/** Statuses that are worth another try. */
export function isRetryable(status: number): boolean {
  return status === 429 || [500, 502, 503, 504].includes(status);
}

/** A refusal that is neither 401 nor 403; its words are the Status' message, or the body as it is. */
export function refusalError(
  { request, server }: FailureContext,
  { status, body }: { status: number; body: string },
): ActionError {
  const words = refusalWords(body);
  const found = `HTTP ${status}${words === '' ? '' : `: ${words.slice(0, 500)}`}`;
  return isRetryable(status)
    ? new ActionError({
        code: 'CLUSTER_UNREACHABLE',
        message: `The Kubernetes API server ${server} is failing or overloaded: could not ${request.purpose}.`,
        found,
      })
    : new ActionError({
        code: 'CLUSTER_RESPONSE',
        message: `The Kubernetes API server refused a request: could not ${request.purpose}.`,
        found,
      });
}

/** What a refusal says of itself. */
export function refusalWords(body: string): string {
  return (parseStatus(body)?.message ?? body).trim();
}

/** A connection that could not be made or was cut. */
export function networkError({ request, server, origin }: FailureContext, thrown: unknown): ActionError {
  return new ActionError({
    code: 'CLUSTER_UNREACHABLE',
    message: `The Kubernetes API server ${server} could not be reached: could not ${request.purpose}.`,
    found: describeFault(thrown),
    ...explain(origin, faultCodes(thrown)),
    cause: thrown,
  });
}

const untrusted = /^(?:CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_SSL_)/;

function explain(origin: ClusterOrigin, codes: readonly string[]): { likely: string; remedy?: string } {
  if (codes.some(code => untrusted.test(code))) {
    return {
      likely: 'its certificate is not of the authority that the configuration names, or not for this host name',
      remedy:
        'Correct certificate-authority-data or tls-server-name, or the address; a proxy that opens TLS has to be trusted by name.',
    };
  }
  if (origin.kind !== 'eks')
    return { likely: 'the address is wrong, the server is down, or the network or a proxy is in the way' };
  const { endpoint, name } = origin;
  const vpc = endpoint.vpc ?? 'the VPC of the cluster';
  if (!endpoint.isPublic) {
    return {
      likely: `the endpoint of the cluster ${name} is private: it can be reached from ${vpc} and what is connected to it alone`,
      remedy: `Run this step inside ${vpc} (a self-hosted runner, CodeBuild with a VPC configuration), or open the public endpoint.`,
    };
  }
  if (endpoint.allowedRanges.length > 0) {
    return {
      likely: `the public endpoint of the cluster ${name} only lets in ${endpoint.allowedRanges.join(', ')}`,
      remedy: `Run this step from an address in those ranges or inside ${vpc}, or add the address of this machine to them.`,
    };
  }
  return { likely: 'the network or a proxy is in the way' };
}
