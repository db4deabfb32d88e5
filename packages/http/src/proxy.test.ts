import { expect, test } from '@jest/globals';
import { proxyFor, proxySettings } from './proxy.ts';

const proxy = 'http://proxy:3128';

test.each([
  ['https://k8s.example.com', {}, undefined],
  ['https://k8s.example.com', { HTTPS_PROXY: proxy }, proxy],
  ['https://k8s.example.com', { https_proxy: 'http://lower:1', HTTPS_PROXY: proxy }, 'http://lower:1'],
  ['https://k8s.example.com', { HTTPS_PROXY: 'proxy:3128' }, proxy],
  ['https://k8s.example.com', { HTTP_PROXY: proxy }, undefined],
  ['http://k8s.example.com', { HTTP_PROXY: proxy }, proxy],
  ['https://localhost:6443', { HTTPS_PROXY: proxy }, undefined],
  ['https://127.0.0.1:6443', { HTTPS_PROXY: proxy }, undefined],
  ['https://[::1]:6443', { HTTPS_PROXY: proxy }, undefined],
  ['https://k8s.example.com', { HTTPS_PROXY: proxy, NO_PROXY: 'example.com' }, undefined],
  ['https://example.com', { HTTPS_PROXY: proxy, NO_PROXY: 'example.com' }, undefined],
  ['https://notexample.com', { HTTPS_PROXY: proxy, NO_PROXY: 'example.com' }, proxy],
  ['https://example.com', { HTTPS_PROXY: proxy, NO_PROXY: '.example.com' }, proxy],
  ['https://K8S.Example.com', { HTTPS_PROXY: proxy, NO_PROXY: 'a.b, *.example.com' }, undefined],
  ['https://k8s.example.com', { HTTPS_PROXY: proxy, NO_PROXY: 'k8s.example.com:8443' }, proxy],
  ['https://k8s.example.com:8443', { HTTPS_PROXY: proxy, NO_PROXY: 'k8s.example.com:8443' }, undefined],
  ['https://k8s.example.com', { HTTPS_PROXY: proxy, NO_PROXY: 'x,*' }, undefined],
  ['https://10.100.0.1', { HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/8' }, undefined],
  ['https://11.100.0.1', { HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/8' }, proxy],
  ['https://k8s.example.com', { HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/8,0.0.0.0/x' }, proxy],
  ['https://[fd00::1]', { HTTPS_PROXY: proxy, NO_PROXY: 'fd00::/8' }, undefined],
  ['https://[fd00::1]', { HTTPS_PROXY: proxy, NO_PROXY: 'fd00::1' }, undefined],
  ['https://[fd00::1]:6443', { HTTPS_PROXY: proxy, NO_PROXY: '[fd00::1]:6443' }, undefined],
] as const)('%s with %j: %s', (url, env, expected) => {
  expect(proxyFor(new URL(url), proxySettings(env))).toBe(expected);
});
