import type { MarkerEdit } from '@eks-gitops/gitops/markers';
import { expect, test } from '@jest/globals';
import { previousReferences, splitReference } from './previous.ts';

const policy = { namespace: 'flux-system', name: 'ui' };
const edit = (form: MarkerEdit['form'], previous: string, path = 'a.yaml'): MarkerEdit => ({
  path,
  line: 1,
  policy,
  form,
  previous,
  next: 'x',
});

test.each([
  ['whole references as they were, each once', [edit('reference', 'u:1'), edit('reference', 'u:1')], ['u:1']],
  [
    'name, tag and digest that stand beside each other as one',
    [edit('name', 'h'), edit('tag', '2'), edit('digest', 'sha256:d')],
    ['h:2@sha256:d'],
  ],
  ['a tag alone', [edit('tag', '2')], [':2']],
  ['one for each place', [edit('name', 'h'), edit('tag', '2'), edit('name', 'h'), edit('tag', '3')], ['h:2', 'h:3']],
  ['and for each file', [edit('name', 'h'), edit('tag', '2', 'b.yaml')], ['h', ':2']],
])('the markers of a policy named %s', (_, edits, references) => {
  expect(previousReferences(edits)).toEqual(references);
});

test.each([
  ['host:5000/shop/ui:1@sha256:d', { name: 'host:5000/shop/ui', tag: '1', digest: 'sha256:d' }],
  ['host:5000/shop/ui', { name: 'host:5000/shop/ui', tag: '', digest: '' }],
  ['', { name: '', tag: '', digest: '' }],
])('%j falls into its parts', (text, parts) => {
  expect(splitReference(text)).toEqual(parts);
});
