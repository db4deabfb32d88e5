import { expect, test } from '@jest/globals';
import { parseChallenge } from './challenge.ts';

test.each([
  ['Basic realm="https://123456789012.dkr.ecr.us-west-2.amazonaws.com/",service="ecr.amazonaws.com"', { scheme: 'basic' }],
  [
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/nginx:pull,push"',
    {
      scheme: 'bearer',
      realm: 'https://auth.docker.io/token',
      service: 'registry.docker.io',
      scope: 'repository:library/nginx:pull,push',
    },
  ],
  ['bearer realm=https://a.example/t , service = x', { scheme: 'bearer', realm: 'https://a.example/t', service: 'x' }],
  ['Basic realm="a, b", Bearer realm="https://a.example/t"', { scheme: 'bearer', realm: 'https://a.example/t' }],
  ['Bearer realm="say \\"hi\\""', { scheme: 'bearer', realm: 'say "hi"' }],
  ['Bearer service="no realm"', undefined],
  ['Negotiate', undefined],
  ['', undefined],
])('%s', (header, expected) => {
  expect(parseChallenge([header])).toEqual(expected);
});

test('of a basic and a bearer challenge in two headers the bearer one is taken', () => {
  expect(parseChallenge(['Basic realm="x"', 'Bearer realm="https://a.example/t"'])).toMatchObject({ scheme: 'bearer' });
});
