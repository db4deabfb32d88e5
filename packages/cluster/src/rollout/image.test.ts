import { expect, test } from '@jest/globals';
import { type ImageDemand, splitImage, templateImage } from './image.ts';
import { deployment, digestOf } from './rollout-world.ts';

test.each([
  ['nginx', { name: 'nginx', tag: undefined, digest: undefined }],
  ['localhost:5000/ui', { name: 'localhost:5000/ui', tag: undefined, digest: undefined }],
  ['localhost:5000/ui:v1', { name: 'localhost:5000/ui', tag: 'v1', digest: undefined }],
  ['a.example/ui:v1@sha256:00', { name: 'a.example/ui', tag: 'v1', digest: 'sha256:00' }],
  ['a.example/ui@sha256:00', { name: 'a.example/ui', tag: undefined, digest: 'sha256:00' }],
])('the parts of %s', (image, parts) => {
  const { name, tag, digest } = splitImage(image);
  expect({ name, tag, digest }).toEqual(parts);
});

const demand: ImageDemand = { name: 'a.example/ui', tag: 'v2', digest: digestOf('a'), isNewer: tag => tag > 'v2' };

test.each<readonly [string, string, Partial<ImageDemand>, string]>([
  ['our tag', 'a.example/ui:v2', {}, 'ours'],
  ['our digest under whatever tag', `a.example/ui:v1@${digestOf('a')}`, {}, 'ours'],
  ['a digest that is known to be ours', `a.example/ui@${digestOf('b')}`, {}, 'ours'],
  ['our tag with another digest', `a.example/ui:v2@${digestOf('c')}`, {}, 'other'],
  ['an older tag', 'a.example/ui:v1', {}, 'other'],
  ['a later tag', 'a.example/ui:v3', {}, 'newer'],
  ['no tag', 'a.example/ui', {}, 'other'],
  ['a tag, where a digest is demanded', 'a.example/ui:v1', { tag: undefined }, 'unsaid'],
  ['another repository', 'b.example/ui:v2', {}, 'unused'],
  ['another repository in the named container', 'b.example/ui:v2', { container: 'ui' }, 'ours'],
  ['our repository in another container than the named one', 'a.example/ui:v2', { container: 'web' }, 'unused'],
])('a template with %s', (_, image, change, kind) => {
  const known = new Map([[digestOf('b'), true]]);
  expect(templateImage(deployment({ image }), { ...demand, ...change }, known).kind).toBe(kind);
});
