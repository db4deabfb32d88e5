import { describe, expect, test } from '@jest/globals';
import { faultyAttempt, isUnreachablePrivate, missingIngress, pendingIngress, unresolvedName } from './shortfall.ts';

describe('a try that failed', () => {
  test.each([
    ['connection', 'ETIMEDOUT', '10.0.1.5', 'the load balancer is internal'],
    ['connection', 'ENETUNREACH', '10.0.1.5', 'the load balancer is internal'],
    ['connection', 'ETIMEDOUT', '192.0.2.5', 'security group'],
    ['connection', 'ECONNREFUSED', '10.0.1.5', 'nothing listens'],
    ['connection', 'ENETUNREACH', '2001:db8::1', 'no way to that address'],
    ['tls', 'ERR_TLS_CERT_ALTNAME_INVALID', '192.0.2.5', 'of another host'],
    ['tls', 'DEPTH_ZERO_SELF_SIGNED_CERT', '192.0.2.5', 'does not trust'],
    ['tls', 'CERT_HAS_EXPIRED', '192.0.2.5', 'has expired'],
    ['tls', 'ERR_SSL_WRONG_VERSION_NUMBER', '192.0.2.5', 'does not speak TLS'],
    ['status', 'ECONNRESET', '192.0.2.5', 'does not speak HTTP'],
  ] as const)('at the stage %s with %s at %s', (stage, code, address, likely) => {
    const fault = { kind: 'fault', stage, code, words: 'its own words' } as const;
    const shortfall = faultyAttempt(fault, { kind: 'address', address, port: 443 });
    expect(shortfall).toMatchObject({ stage, likely: expect.stringContaining(likely) });
    expect(shortfall.found).toContain('its own words');
    expect(isUnreachablePrivate(fault, address)).toBe(likely === 'the load balancer is internal');
  });
});

test('a missing Ingress is told with those that are there', () => {
  expect(missingIngress('uix', 'shop', ['ui', 'cart']).found).toBe('none of that name; there are ui, cart');
  expect(missingIngress('uix', 'shop').found).toBe('none');
});

test('an Ingress without an address, and without a word, is one that no controller minds', () => {
  const ingress = { addresses: [], scheme: 'http', port: 80 } as const;
  expect(pendingIngress({ ...ingress, className: 'alb' }).likely).toContain('no controller of the class alb');
  expect(pendingIngress(ingress).likely).toContain('names no class');
});

test('a name that is not there says whose word that is', () => {
  const absent = { kind: 'absent', words: 'no such name' } as const;
  expect(unresolvedName('a.example', { ...absent, by: 'own servers' }).found).toBe('no such name');
  expect(unresolvedName('a.example', { ...absent, by: 'system' }).found).toContain("system's resolver");
});
