import { describe, expect, test } from '@jest/globals';
import { clusterInputs, clusterTarget } from './cluster-inputs.ts';
import { readInputs } from './read-inputs.ts';

const spelling = { name: (name: string) => name, give: (name: string) => `give ${name}` };

function read(given: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) {
  return clusterTarget(readInputs({ inputs: clusterInputs, given, spelling, blanksTell: false }), { env, workspace: '/work' });
}

describe('the cluster that is meant', () => {
  test.each([
    [
      { 'cluster-name': 'shop', region: 'eu-west-1' },
      { kind: 'eks', name: 'shop', region: 'eu-west-1' },
    ],
    [
      { kubeconfig: 'kube/config', context: 'a' },
      { kind: 'kubeconfig', path: '/work/kube/config', context: 'a' },
    ],
    [{ kubeconfig: '/etc/config' }, { kind: 'kubeconfig', path: '/etc/config' }],
    [{ kubeconfig: 'kind: Config\nusers: []\n' }, { kind: 'kubeconfig', content: 'kind: Config\nusers: []\n' }],
    [
      { kubeconfig: '{"kind":"Config"}', 'allow-exec': 'true' },
      { content: '{"kind":"Config"}', allowExec: true },
    ],
    [{ context: 'a' }, { kind: 'kubeconfig', context: 'a' }],
    [{}, { kind: 'kubeconfig', allowExec: false }],
  ])('%j → %j', (given, target) => {
    expect(read(given)).toMatchObject(target);
  });

  test('is the one that the process runs in, unless another is named', () => {
    const env = { KUBERNETES_SERVICE_HOST: '10.96.0.1' };
    expect(read({}, env)).toEqual({ kind: 'in-cluster' });
    expect(read({ context: 'a' }, env)).toMatchObject({ kind: 'kubeconfig' });
    expect(read({ 'cluster-name': 'shop' }, env)).toMatchObject({ kind: 'eks' });
  });

  test.each([
    [{ 'cluster-name': 'shop', kubeconfig: 'config' }, 'INPUT_INVALID'],
    [{ 'cluster-name': 'shop', context: 'a' }, 'INPUT_INVALID'],
    [{ region: 'eu-west-1' }, 'INPUT_MISSING'],
    [{ 'role-to-assume': 'arn:aws:iam::1:role/a' }, 'INPUT_MISSING'],
  ])('%j is refused', (given, code) => {
    expect(() => read(given)).toThrow(expect.objectContaining({ code }));
  });
});
