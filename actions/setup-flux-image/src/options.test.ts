import { readInputs } from '@eks-gitops/action';
import { describe, expect, test } from '@jest/globals';
import { inputs } from './inputs.ts';
import { setupOptions } from './options.ts';

const spelling = { name: (input: string) => input, give: (input: string) => input };
const image = '123456789012.dkr.ecr.us-west-2.amazonaws.com/shop/ui';

function options(given: Readonly<Record<string, string>> = {}) {
  return setupOptions(readInputs({ inputs, given: { policy: 'ui', image, ...given }, spelling, blanksTell: false }));
}

test('policy and image alone mean: Flux commits, at the values that name the image', () => {
  expect(options()).toEqual({
    scan: {
      policy: { namespace: 'flux-system', name: 'ui' },
      image: { name: image, ecr: { account: '123456789012', region: 'us-west-2' } },
    },
    path: '.',
    place: { kind: 'image', images: [image], files: [] },
    automation: {
      kind: 'flux',
      source: { namespace: 'flux-system', name: 'flux-system' },
      author: { name: 'fluxcdbot', email: 'fluxcdbot@users.noreply.github.com' },
    },
  });
});

test.each([
  [
    'the place by the image of today',
    { 'current-image': 'nginx', file: './a.yaml\nx/../b.yaml' },
    { place: { kind: 'image', images: [image, 'nginx'], files: ['a.yaml', 'b.yaml'] } },
  ],
  ['the place by a container', { container: 'ui' }, { place: { kind: 'container', container: 'ui', files: [] } }],
  [
    'the place by a key',
    { key: 'spec.image', file: 'a.yaml' },
    { place: { kind: 'trail', trail: 'spec.image', files: ['a.yaml'] } },
  ],
  [
    'an action that commits',
    { automation: 'action', 'suspend-automation': 'true' },
    { automation: { kind: 'action', suspend: true } },
  ],
  [
    'the automation',
    { source: 'shop:gitops', branch: 'main', 'update-path': './apps/', author: 'A <a@example.com>' },
    {
      automation: {
        kind: 'flux',
        source: { namespace: 'shop', name: 'gitops' },
        branch: 'main',
        folder: 'apps',
        author: { name: 'A', email: 'a@example.com' },
      },
    },
  ],
  [
    'an image elsewhere',
    { image: 'ghcr.io/shop/ui' },
    { scan: { policy: { namespace: 'flux-system', name: 'ui' }, image: { name: 'ghcr.io/shop/ui' } } },
  ],
  [
    'the Ingress',
    { ingress: 'true' },
    { ingress: { name: 'ui', service: 'ui', port: 80, healthCheckPath: '/actuator/health/liveness' } },
  ],
  [
    'the Ingress in all its parts',
    {
      ingress: 'true',
      'ingress-name': 'web',
      'ingress-namespace': 'shop',
      'ingress-host': 'shop.example',
      'ingress-service': 'front',
      'ingress-port': '8080',
      'health-check-path': '/',
    },
    { ingress: { name: 'web', namespace: 'shop', host: 'shop.example', service: 'front', port: 8080, healthCheckPath: '/' } },
  ],
])('inputs choose %s', (_, given, expected) => {
  expect(options(given)).toMatchObject(expected);
});

describe('refused', () => {
  test.each([
    [{ container: 'ui', key: 'spec.image' }, 'container and key exclude each other'],
    [{ 'suspend-automation': 'true' }, 'suspend-automation and automation: flux exclude each other'],
    [{ policy: 'a:b:c' }, '"a:b:c" names no object'],
    [{ policy: 'UI' }, '"UI" names no object'],
    [{ image: 'shop/ui:1' }, 'image'],
    [{ file: '/etc/a.yaml' }, '"/etc/a.yaml" leads out of the repository'],
    [{ 'update-path': 'a/../../b' }, 'leads out of the repository'],
    [{ 'objects-file': 'clusters/one' }, '"clusters/one" is not named as a YAML file'],
    [{ 'ingress-port': '70000' }, '"70000" is no port number'],
  ])('%j', (given, words) => {
    expect(() => options(given)).toThrow(words);
  });
});
