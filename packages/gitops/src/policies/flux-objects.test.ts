import { describe, expect, test } from '@jest/globals';
import { coveringAutomations } from './covering-automations.ts';
import { findPolicy } from './find-policy.ts';
import { type FluxObjects, readFluxObjects } from './read-flux-objects.ts';

function read(...texts: string[]): FluxObjects {
  return readFluxObjects(texts.map((text, index) => ({ path: `${index}.yaml`, content: Buffer.from(text) })));
}

const policy = `apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {name: ui, namespace: flux-system, labels: {team: shop}}
spec:
  imageRepositoryRef: {name: ui}
  filterTags: {pattern: '^i', extract: $ts}
  policy: {alphabetical: {order: desc}}
  digestReflectionPolicy: Always
  interval: 10m
`;

const automation = `apiVersion: image.toolkit.fluxcd.io/v1beta2
kind: ImageUpdateAutomation
metadata:
  name: shop
  namespace: flux-system
spec:
  sourceRef: {kind: GitRepository, name: flux-system}
  git:
    checkout: {ref: {branch: main}}
    push: {branch: bot}
  update: {path: ./apps, strategy: Setters}
`;

describe('reading', () => {
  test('gives the objects with their places, whatever else stands in the files', () => {
    const { policies, automations, malformed, faults } = read(
      `# all\n---\nkind: Namespace\n---\n${policy}---\n${automation}`,
      'a: {{ x }}',
    );
    expect(policies).toEqual([
      {
        path: '0.yaml',
        line: 5,
        namespace: 'flux-system',
        name: 'ui',
        labels: { team: 'shop' },
        suspend: false,
        imageRepositoryRef: { name: 'ui', namespace: undefined },
        rule: {
          origin: 'the ImagePolicy ui (0.yaml:5)',
          filterTags: { pattern: '^i', extract: '$ts' },
          policy: { kind: 'alphabetical', order: 'desc' },
        },
        digestReflectionPolicy: 'Always',
      },
    ]);
    expect(automations).toEqual([
      {
        path: '0.yaml',
        line: 15,
        namespace: 'flux-system',
        name: 'shop',
        suspend: false,
        sourceRef: { kind: 'GitRepository', name: 'flux-system', namespace: undefined },
        updatePath: './apps',
        strategy: 'Setters',
        policySelector: undefined,
        branch: 'bot',
      },
    ]);
    expect([malformed, faults]).toEqual([[], []]);
  });

  test.each([
    ['{semver: {range: 1.x}}', { kind: 'semver', range: '1.x' }],
    ['{numerical: {}}', { kind: 'numerical', order: 'asc' }],
    ['{numerical: {order: DESC}}', { kind: 'numerical', order: 'desc' }],
    ['{alphabetical: {order: null}}', { kind: 'alphabetical', order: 'asc' }],
    ['{alphabetical: {}, semver: {range: "*"}}', { kind: 'semver', range: '*' }],
  ])('the rule of %s is %j', (text, expected) => {
    expect(read(policy.replace('{alphabetical: {order: desc}}', text)).policies[0]?.rule.policy).toEqual(expected);
  });

  test('a list of objects, and JSON, are read too', () => {
    const list = `kind: List\nitems:\n- ${policy.trim().replaceAll('\n', '\n  ')}\n`;
    const json =
      '{"apiVersion":"image.toolkit.fluxcd.io/v1","kind":"ImagePolicy","metadata":{"name":"j"},"spec":{"imageRepositoryRef":{"name":"j"},"policy":{"semver":{"range":"*"}}}}';
    expect(read(list, json).policies.map(({ name, line }) => `${name}:${line}`)).toEqual(['ui:3', 'j:1']);
  });

  test('a small text that aliases blow up is passed over', () => {
    const levels = Array.from({ length: 9 }, (_, n) => `l${n + 1}: &l${n + 1} [${Array(9).fill(`*l${n}`).join(', ')}]\n`).join(
      '',
    );
    const bomb = `${policy}l0: &l0 [x, x, x]\n${levels}`;
    expect(read(bomb, policy).policies.map(({ path }) => path)).toEqual(['1.yaml']);
  });

  test('what is malformed is told by name and place, and so is a file that cannot be read', () => {
    const { policies, malformed, faults } = read(policy.replace('{alphabetical: {order: desc}}', '{}'), `${policy}x: [\n`);
    expect(policies).toEqual([]);
    expect(malformed).toEqual([
      {
        objectKind: 'ImagePolicy',
        path: '0.yaml',
        line: 1,
        name: 'ui',
        namespace: 'flux-system',
        reason: expect.stringContaining('none of semver, alphabetical and numerical'),
      },
    ]);
    expect(faults).toMatchObject([{ path: '1.yaml', reason: expect.stringContaining('the YAML is broken') }]);
  });
});

describe('the policy of a name', () => {
  const name = { namespace: 'flux-system', name: 'ui' };
  const bare = policy.replace(', namespace: flux-system', '');

  test('is the one of its namespace, else one that tells none', () => {
    expect(findPolicy(read(bare, policy), name)?.path).toBe('1.yaml');
    expect(findPolicy(read(bare), name)?.path).toBe('0.yaml');
    expect(findPolicy(read(policy.replace('flux-system', 'other')), name)).toBeUndefined();
    expect(findPolicy(read(), name)).toBeUndefined();
  });

  test('is the first of several that mean the same', () => {
    expect(findPolicy(read(policy, policy), name)?.path).toBe('0.yaml');
  });

  test.each([
    ['several differ', [policy, policy.replace('desc', 'asc')], 'POLICY_INVALID', '0.yaml:1, 1.yaml:1'],
    ['the only one is malformed', [policy.replace('imageRepositoryRef', 'x')], 'POLICY_INVALID', '0.yaml:1: '],
    ['its file is broken', [`${policy}# flux-system:ui\nx: [\n`], 'MANIFEST_INVALID', '0.yaml:12: '],
  ])('is an error when %s', (_, texts, code, found) => {
    expect(() => findPolicy(read(...texts), name)).toThrow(
      expect.objectContaining({ code, failure: expect.objectContaining({ found: expect.stringContaining(found) }) }),
    );
  });
});

describe('an automation covers a policy', () => {
  const policyOfShop = { namespace: 'flux-system', labels: { team: 'shop' } };

  function covers(text: string, { paths = ['apps/ui/deployment.yaml'], policy = policyOfShop } = {}): boolean {
    return coveringAutomations({ automations: read(text).automations, policy, paths }).length > 0;
  }

  function selecting(selector: string): string {
    return `${automation}  policySelector: ${selector}\n`;
  }

  test.each([
    ['as it is', automation, true],
    ['suspended', `${automation}  suspend: true\n`, false],
    ['of another namespace', automation.replace('namespace: flux-system', 'namespace: other'), false],
    ['whose text tells no namespace', automation.replace('  namespace: flux-system\n', ''), true],
    ['with an empty selector', selecting('{}'), true],
    ['selecting its label', selecting('{matchLabels: {team: shop}}'), true],
    ['selecting another label', selecting('{matchLabels: {team: web}}'), false],
    ['selecting by In', selecting('{matchExpressions: [{key: team, operator: In, values: [a, shop]}]}'), true],
    ['selecting by NotIn', selecting('{matchExpressions: [{key: team, operator: NotIn, values: [shop]}]}'), false],
    [
      'selecting by NotIn of a label that is not there',
      selecting('{matchExpressions: [{key: x, operator: NotIn, values: [a]}]}'),
      true,
    ],
    ['selecting by Exists', selecting('{matchExpressions: [{key: team, operator: Exists}]}'), true],
    ['selecting by DoesNotExist', selecting('{matchExpressions: [{key: team, operator: DoesNotExist}]}'), false],
    ['selecting by a name of every object', selecting('{matchExpressions: [{key: toString, operator: Exists}]}'), false],
  ])('%s: %s', (_, text, expected) => {
    expect(covers(text)).toBe(expected);
  });

  test.each([
    ['apps', true],
    ['./apps/', true],
    ['/apps', true],
    ['apps/ui/deployment.yaml', true],
    ['../apps', true],
    ['.', true],
    ['""', true],
    ['app', false],
    ['apps/ui-next', false],
  ])('with the update path %s: %s', (path, expected) => {
    expect(covers(automation.replace('./apps', path))).toBe(expected);
  });

  test('without an update at all, and where the labels are not known', () => {
    expect(covers(automation.replace(/ {2}update:.*\n/, ''))).toBe(true);
    expect(
      coveringAutomations({
        automations: read(selecting('{matchLabels: {team: web}}')).automations,
        policy: { namespace: 'flux-system', labels: undefined },
        paths: ['apps/x.yaml'],
      }),
    ).toHaveLength(1);
  });

  test('in one of several files, and in none', () => {
    expect(covers(automation, { paths: ['x.yaml', 'apps/x.yaml'] })).toBe(true);
    expect(covers(automation, { paths: [] })).toBe(false);
  });
});
