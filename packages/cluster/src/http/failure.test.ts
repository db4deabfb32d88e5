import { expect, test } from '@jest/globals';
import type { ClusterOrigin, EksEndpoint } from '../origin.ts';
import { networkError, refusalError } from './failure.ts';

const eks = (endpoint: EksEndpoint): ClusterOrigin => ({
  kind: 'eks',
  name: 'demo',
  region: 'us-west-2',
  endpoint,
  principal: async () => undefined,
});
const request = { purpose: 'do it' };
const server = 'https://k8s.example.com';
const fault = (code: string): Error => Object.assign(new Error('x'), { code });

test.each([
  [eks({ isPublic: false, allowedRanges: [], vpc: 'vpc-1' }), 'ETIMEDOUT', 'is private: it can be reached from vpc-1'],
  [eks({ isPublic: true, allowedRanges: ['203.0.113.0/24'] }), 'UND_ERR_CONNECT_TIMEOUT', 'only lets in 203.0.113.0/24'],
  [eks({ isPublic: true, allowedRanges: [] }), 'ECONNRESET', 'the network or a proxy is in the way'],
  [eks({ isPublic: false, allowedRanges: [] }), 'SELF_SIGNED_CERT_IN_CHAIN', 'its certificate is not of the authority'],
  [{ kind: 'in-cluster' } as const, 'ECONNREFUSED', 'the address is wrong, the server is down'],
])('a server that cannot be reached is explained: %j, %s', (origin, code, likely) => {
  const { failure } = networkError({ request, server, origin }, fault(code));
  expect(failure).toMatchObject({ code: 'CLUSTER_UNREACHABLE', found: `${code} x`, likely: expect.stringContaining(likely) });
});

test.each([
  [503, '{"kind":"Status","message":"the server is starting"}', 'CLUSTER_UNREACHABLE', 'HTTP 503: the server is starting'],
  [502, '<html>bad gateway</html>', 'CLUSTER_UNREACHABLE', 'HTTP 502: <html>bad gateway</html>'],
  [429, '', 'CLUSTER_UNREACHABLE', 'HTTP 429'],
  [422, '{"kind":"Status","message":"spec.x: Invalid value"}', 'CLUSTER_RESPONSE', 'HTTP 422: spec.x: Invalid value'],
])('a refusal %i keeps its words: %s', (status, body, code, found) => {
  const { failure } = refusalError({ request, server, origin: { kind: 'in-cluster' } }, { status, body });
  expect(failure).toMatchObject({ code, found });
});
