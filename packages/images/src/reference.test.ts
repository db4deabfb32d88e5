import { describe, expect, test } from '@jest/globals';
import { formatReference, parseReference, parseRepository } from './reference.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const ecr = '123456789012.dkr.ecr.us-west-2.amazonaws.com';

describe('a repository', () => {
  test.each([
    [`${ecr}/shop/ui`, { registry: ecr, path: 'shop/ui' }],
    ['localhost:5000/shop', { registry: 'localhost:5000', path: 'shop' }],
    ['localhost/shop', { registry: 'localhost', path: 'shop' }],
    ['registry:5000/shop', { registry: 'registry:5000', path: 'shop' }],
    ['[::1]:5000/shop', { registry: '[::1]:5000', path: 'shop' }],
    ['GHCR.io/owner/app', { registry: 'ghcr.io', path: 'owner/app' }],
    ['nginx', { registry: 'docker.io', path: 'library/nginx' }],
    ['owner/app', { registry: 'docker.io', path: 'owner/app' }],
    ['docker.io/nginx', { registry: 'docker.io', path: 'library/nginx' }],
  ])('%s is read as docker reads it', (text, expected) => {
    expect(parseRepository(text)).toEqual(expected);
  });

  test.each([
    ['', 'nothing'],
    [`${ecr}/shop/ui:latest`, 'a tag'],
    [`${ecr}/shop/ui@${digest}`, 'a digest'],
    [`${ecr}/Shop`, 'capital letters'],
    [`${ecr}//shop`, 'an empty part'],
    [`${ecr}/`, 'no path'],
    ['https://ghcr.io/owner/app', 'a URL'],
    ['--tag=x', 'an option'],
    ['ghcr.io/a b', 'a blank'],
    [`ghcr.io/${'a'.repeat(250)}`, 'too long'],
  ])('%s is refused: %s', text => {
    expect(() => parseRepository(text)).toThrow(expect.objectContaining({ code: 'REFERENCE_INVALID' }));
  });
});

describe('a reference', () => {
  test.each([
    ['localhost:5000/shop:v1', 'localhost:5000/shop:v1'],
    ['nginx:1.29', 'docker.io/library/nginx:1.29'],
    [`ghcr.io/owner/app@${digest}`, `ghcr.io/owner/app@${digest}`],
    [`ghcr.io/owner/app:v1@${digest}`, `ghcr.io/owner/app@${digest}`],
  ])('%s is written back as %s', (text, expected) => {
    expect(formatReference(parseReference(text))).toBe(expected);
  });

  test.each([
    'localhost:5000/shop',
    'app:',
    'app:-v1',
    'app@sha256:abc',
    `app@sha512:${'a'.repeat(128)}`,
    `app:${'a'.repeat(129)}`,
  ])('%s is refused', text => {
    expect(() => parseReference(text)).toThrow(expect.objectContaining({ code: 'REFERENCE_INVALID' }));
  });
});
