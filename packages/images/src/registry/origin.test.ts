import { isLoopback } from '@eks-gitops/http';
import { describe, expect, test } from '@jest/globals';
import { isRealmAllowed, registryOrigin } from './origin.ts';

test.each([
  ['localhost:5000', 'http://localhost:5000'],
  ['127.1.2.3:5000', 'http://127.1.2.3:5000'],
  ['[::1]:5000', 'http://[::1]:5000'],
  ['localhost.evil.example', 'https://localhost.evil.example'],
  ['127.0.0.1.evil.example', 'https://127.0.0.1.evil.example'],
  ['docker.io', 'https://registry-1.docker.io'],
  ['ghcr.io', 'https://ghcr.io'],
])('%s is reached at %s', (registry, expected) => {
  expect(registryOrigin({ registry, insecure: isLoopback }).origin).toBe(expected);
});

describe('the token server', () => {
  test.each([
    ['ghcr.io', 'https://ghcr.io/token'],
    ['registry.example.com:5000', 'https://registry.example.com/auth'],
    ['docker.io', 'https://auth.docker.io/token'],
    ['registry.gitlab.com', 'https://gitlab.com/jwt/auth'],
    ['localhost:5000', 'http://127.0.0.1:5001/token'],
    ['registry.example.com', 'https://tokens.example.org/token'],
  ])('of %s may be at %s', (registry, realm) => {
    expect(isRealmAllowed({ registry, realm: new URL(realm), allowed: ['tokens.example.org'], insecure: isLoopback })).toBe(true);
  });

  test.each([
    ['registry.example.com', 'https://evil.example/token', 'another host'],
    ['registry.example.com', 'https://evil.registry.example.com/token', 'a host below it'],
    ['registry.example.com', 'https://example.com/token', 'its parent'],
    ['registry.example.com', 'http://registry.example.com/token', 'plain http'],
    ['registry.example.com', 'http://localhost:5001/token', 'this machine'],
    ['evil.example', 'https://auth.docker.io/token', "another registry's token server"],
  ])('of %s may not be at %s: %s', (registry, realm) => {
    expect(isRealmAllowed({ registry, realm: new URL(realm), allowed: [], insecure: isLoopback })).toBe(false);
  });
});
