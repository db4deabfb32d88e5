import { parseUrlTemplate } from '@eks-gitops/cluster/ingress';
import { expect, test } from '@jest/globals';
import { givenSubject } from './subject.ts';

function subject({ ingress, url, path }: { ingress?: string; url?: string; path?: string }) {
  return givenSubject({ ingress, namespace: 'ui', url: url === undefined ? undefined : parseUrlTemplate(url), path });
}

test('an Ingress is asked, by a URL of its own or not', () => {
  expect(subject({ ingress: 'ui', path: '/home' })).toMatchObject({ kind: 'ingress', namespace: 'ui', name: 'ui' });
  expect(subject({ ingress: 'ui', url: 'https://{hostname}/x' })).toMatchObject({
    kind: 'ingress',
    template: { usesHostname: true },
  });
});

test('a URL alone is asked where no Ingress is given', () => {
  expect(subject({ url: 'https://shop.example', path: '/home' })).toMatchObject({ kind: 'url' });
});

test.each([
  [{}, 'INPUT_MISSING', 'neither ingress nor url'],
  [{ url: 'http://{hostname}:8080' }, 'INPUT_MISSING', 'a url with {hostname}'],
  [{ ingress: 'ui', url: 'https://shop.example/x', path: '/home' }, 'INPUT_INVALID', 'and path /home'],
] as const)('%j is %s', (given, code, found) => {
  expect(() => subject(given)).toThrow(
    expect.objectContaining({ code, failure: expect.objectContaining({ found: expect.stringContaining(found) }) }),
  );
});
