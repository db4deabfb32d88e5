import { describe, expect, test } from '@jest/globals';
import { parsePath, parseUrlTemplate, targetOfUrl, targetsOfIngress } from './target.ts';

const name = 'k8s-ui-ui-1.us-west-2.elb.amazonaws.com';
const ingress = { addresses: [name], scheme: 'http', port: 80 } as const;

describe('an Ingress is asked', () => {
  test.each([
    ['by its own name', ingress, {}, `http://${name}/home`, name],
    ['by its address', { ...ingress, addresses: ['2001:db8::1'] }, {}, 'http://[2001:db8::1]/home', '[2001:db8::1]'],
    ['where it listens', { ...ingress, scheme: 'https', port: 8443 }, {}, `https://${name}:8443/home`, `${name}:8443`],
    ['for the host of its rules', { ...ingress, host: 'shop.example' }, {}, `http://${name}/home`, 'shop.example'],
    [
      'for the host that is given',
      { ...ingress, host: 'a.example' },
      { hostHeader: 'b.example' },
      `http://${name}/home`,
      'b.example',
    ],
    [
      'by another name',
      { ...ingress, host: 'a.example' },
      { url: 'https://b.example{path}' },
      'https://b.example/home',
      'b.example',
    ],
    ['on another port', ingress, { url: 'http://{hostname}:8080/x' }, `http://${name}:8080/x`, `${name}:8080`],
  ] as const)('%s', (_, state, { url, hostHeader }: { url?: string; hostHeader?: string }, asked, host) => {
    const template = url === undefined ? undefined : parseUrlTemplate(url);
    const targets = targetsOfIngress(state, { template, path: '/home', hostHeader });
    expect(targets.map(target => [target.url.href, target.host])).toEqual([[asked, host]]);
  });
});

test('an Ingress with several addresses is asked at each, by another name once', () => {
  const state = { ...ingress, addresses: ['192.0.2.1', '192.0.2.2'] };
  const hrefs = (url?: string) =>
    targetsOfIngress(state, { template: url === undefined ? undefined : parseUrlTemplate(url), path: '/' }).map(
      one => one.url.href,
    );
  expect(hrefs()).toEqual(['http://192.0.2.1/', 'http://192.0.2.2/']);
  expect(hrefs('https://shop.example')).toEqual(['https://shop.example/']);
});

test('a URL alone is asked as it is', () => {
  const target = targetOfUrl({ template: parseUrlTemplate('https://shop.example:444{path}'), path: '/a?b=$&' });
  expect([target.url.href, target.host]).toEqual(['https://shop.example:444/a?b=$&', 'shop.example:444']);
});

test.each(['https://shop.example', 'https://shop.example/', 'https://shop.example{path}'])(
  '%s is followed by the path',
  given => {
    const template = parseUrlTemplate(given);
    expect(template).toMatchObject({ usesPath: true, usesHostname: false });
    expect(targetOfUrl({ template, path: '/home' }).url.href).toBe('https://shop.example/home');
  },
);

test.each([
  ['{host}/x', '{host} is not a placeholder'],
  ['shop.example', 'is not an http or https URL'],
  ['ftp://shop.example', 'is not an http or https URL'],
  ['https://user:secret@shop.example', 'holds credentials'],
])('%s is no template', (given, reason) => {
  expect(() => parseUrlTemplate(given)).toThrow(reason);
});

test('a path starts with a slash', () => {
  expect(parsePath(' /home ')).toBe('/home');
  expect(() => parsePath('home')).toThrow('does not start with a slash');
});
