import { describe, expect, test } from '@jest/globals';
import { openManifest } from './manifest.ts';
import { upgradeManifest } from './upgrade.ts';

function upgrade(text: string) {
  return upgradeManifest(openManifest('flux.yaml', text));
}

const automation = (version: string, template: string) => `# who commits
apiVersion: image.toolkit.fluxcd.io/${version} # old
kind: ImageUpdateAutomation
metadata:
  name: ui
  namespace: flux-system
spec:
  git:
    # here
    commit:
      messageTemplate: ${template}
  interval: 1m0s
`;
const used = "'{{range .Updated.Images}}{{println .}}{{end}}'";
const today = "'{{range .Changed.Changes}}{{println .NewValue}}{{end}}'";

describe('an object of an older version is upgraded, and nothing else changes', () => {
  test.each(['v1alpha1', 'v1alpha2', 'v1beta1', 'v1beta2'])('%s', version => {
    const object = (api: string) =>
      `a: b\n---\napiVersion: "image.toolkit.fluxcd.io/${api}"  # api\nkind: ImagePolicy\nmetadata: {name: ui}\n`;
    expect(upgrade(object(version))).toEqual({
      text: object('v1'),
      notes: [`flux.yaml:3: ImagePolicy ui: upgraded from ${version} to v1.`],
    });
    expect(upgrade(object('v1'))).toEqual({ text: object('v1'), notes: [] });
  });

  test.each([
    ['in single quotes', used, today],
    ['in double quotes', used.replaceAll("'", '"'), today.replaceAll("'", '"')],
    [
      'as a block',
      `|\n        ${used.slice(1, -1)}\n\n        [ci skip]`,
      `|\n        ${today.slice(1, -1)}\n\n        [ci skip]`,
    ],
  ])('with its commit template %s', (_, before, after) => {
    expect(upgrade(automation('v1beta1', before)).text).toBe(automation('v1', after));
    expect(upgrade(automation('v1', before))).toEqual({
      text: automation('v1', after),
      notes: ['flux.yaml:2: ImageUpdateAutomation flux-system/ui: commit template translated to .Changed.'],
    });
  });
});

describe('what cannot be upgraded stays as it is, and is named', () => {
  test.each([
    ['a template that cannot be translated', automation('v1beta1', "'{{ .Updated }}'"), 'uses .Updated'],
    [
      'a template whose escapes hide it',
      automation('v1beta2', '"{{range .Updated.Images}}{{\\x70rint .}}{{end}}"'),
      'uses .Updated',
    ],
    ['a version of tomorrow', automation('v2', used), 'the version v2'],
    [
      'a v1alpha1 object in flow style',
      'apiVersion: image.toolkit.fluxcd.io/v1alpha1\nkind: ImageUpdateAutomation\nmetadata: {name: ui}\nspec: {checkout: {branch: main}}\n',
      'v1alpha1',
    ],
  ])('%s', (_, text, words) => {
    const upgraded = upgrade(text);
    expect(upgraded.text).toBe(text);
    expect(upgraded.notes).toEqual([expect.stringMatching(new RegExp(`^flux\\.yaml:\\d+: ImageUpdateAutomation .*${words}`))]);
  });
});

const alpha = `apiVersion: image.toolkit.fluxcd.io/v1alpha1
kind: ImageUpdateAutomation
metadata:
  name: ui
spec:
  # where from
  checkout: # source
    # the repository
    gitRepositoryRef:
      name: auto-repo # ours
    branch: main # always
  interval: 5m
  update:
    strategy: Setters
    path: ./app
  # the commit
  commit:
    # the author
    authorName: fluxbot # who
    authorEmail: fluxbot@example.com
    messageTemplate: |
      An update
      {{range .Updated.Images}}{{println .}}{{end}}
    signingKey:
      secretRef:
        name: git-pgp
  push:
    branch: auto
# end
`;

const moved = `apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata:
  name: ui
spec:
  # where from
  sourceRef:
    kind: GitRepository
    name: auto-repo # ours
  git:
    checkout: # source
      ref:
        branch: main # always
    # the commit
    commit:
      author:
        # the author
        name: fluxbot # who
        email: fluxbot@example.com
      messageTemplate: |
        An update
        {{range .Changed.Changes}}{{println .NewValue}}{{end}}
      signingKey:
        secretRef:
          name: git-pgp
    push:
      branch: auto
  interval: 5m
  update:
    strategy: Setters
    path: ./app
# end
`;

describe('a v1alpha1 ImageUpdateAutomation', () => {
  test('gets its fields where v1 has them, with their comments', () => {
    expect(upgrade(alpha).text).toBe(moved);
  });

  test('also with carriage returns and without a last line break', () => {
    const windows = (text: string) => text.replaceAll('\n', '\r\n').trimEnd();
    expect(upgrade(windows(alpha)).text).toBe(windows(moved));
  });
});
