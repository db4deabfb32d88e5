import { describe, expect, test } from '@jest/globals';
import { isSameImage, mayNameImage, splitReference } from './image-name.ts';

test.each([
  ['nginx', { name: 'nginx' }],
  ['nginx:1.27', { name: 'nginx', tag: '1.27' }],
  ['localhost:5000/ui', { name: 'localhost:5000/ui' }],
  ['localhost:5000/ui:1@sha256:00', { name: 'localhost:5000/ui', tag: '1', digest: 'sha256:00' }],
])('%s is split', (text, parts) => {
  expect(splitReference(text)).toEqual(parts);
});

describe('two names', () => {
  test.each([
    ['nginx', 'docker.io/library/nginx'],
    ['nginx', 'index.docker.io/library/nginx'],
    ['shop/ui', 'docker.io/shop/ui'],
    ['ghcr.io/shop/ui', 'ghcr.io/shop/ui'],
  ])('%s and %s are one image, and a text that holds either may name it', (one, other) => {
    expect(isSameImage(one, other)).toBe(true);
    expect(mayNameImage(`image: ${one}:1`, other)).toBe(true);
    expect(mayNameImage(`image: ${other}:1`, one)).toBe(true);
  });

  test.each([
    ['nginx', 'shop/nginx'],
    ['ghcr.io/shop/ui', 'shop/ui'],
    ['localhost/ui', 'ui'],
    ['localhost:5000/ui', 'localhost/ui'],
  ])('%s and %s are two', (one, other) => {
    expect(isSameImage(one, other)).toBe(false);
  });
});

test('a text with host and path apart may name an image, one without the host cannot', () => {
  expect(mayNameImage('registry: ghcr.io\nrepository: shop/ui\n', 'ghcr.io/shop/ui')).toBe(true);
  expect(mayNameImage('repository: shop/ui\n', 'ghcr.io/shop/ui')).toBe(false);
});
