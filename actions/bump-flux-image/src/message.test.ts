import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { commitMessage } from './message.ts';

const image = { name: 'registry.example/shop/ui', tag: 'i20261123171720-ac8730e8' };
const facts = {
  updates: [{ policy: { namespace: 'flux-system', name: 'ui' }, image }],
  revision: 'ac8730e8d1b4f1b1a2c3d4e5f60718293a4b5c6d',
  sourceRepository: 'https://github.com/shop/ui',
  runUrl: 'https://github.com/shop/ui/actions/runs/815',
};
const bare = { ...facts, revision: undefined, sourceRepository: undefined, runUrl: undefined };

test('a message names the images, and its trailers lead back to the source commit', () => {
  expect(commitMessage('Update {images}', facts)).toBe(`Update registry.example/shop/ui:i20261123171720-ac8730e8

Image-Update: flux-system:ui=registry.example/shop/ui:i20261123171720-ac8730e8
Source-Commit: ac8730e8d1b4f1b1a2c3d4e5f60718293a4b5c6d
Source-Repository: https://github.com/shop/ui
Run-Url: https://github.com/shop/ui/actions/runs/815
`);
});

test('git finds the trailers of a message with a body', () => {
  const input = commitMessage('ui {sha8}\n\nbecause: of {policies}', facts);
  const trailers = execFileSync('git', ['interpret-trailers', '--parse'], { input, encoding: 'utf8' });
  expect(trailers.split('\n')).toContain(`Source-Commit: ${facts.revision}`);
  expect(input).toMatch(/^ui ac8730e8\n\nbecause: of flux-system:ui\n\nImage-Update/);
});

test.each([
  ['a fact that is not known', 'from {revision}|{run-url}|', 'from ||'],
  ['a placeholder that does not exist', '{constructor} {nonsense}', '{constructor} {nonsense}'],
  ['nothing', ' ', 'Update registry.example/shop/ui:i20261123171720-ac8730e8'],
])('%s in a template', (_, template, first) => {
  expect(commitMessage(template, bare).split('\n')[0]).toBe(first);
});

test('images that several policies share are named once', () => {
  const updates = ['ui', 'cart'].map(name => ({ policy: { namespace: 'flux-system', name }, image }));
  expect(commitMessage('{images} for {policies}', { ...bare, updates }).split('\n')[0]).toBe(
    'registry.example/shop/ui:i20261123171720-ac8730e8 for flux-system:ui, flux-system:cart',
  );
});
