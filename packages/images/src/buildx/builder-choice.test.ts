import { describe, expect, test } from '@jest/globals';
import { createArguments, emulationWarning, isEmulated, parseBuilder, parseInspection } from './builder-choice.ts';
import { isRecent } from './find-buildx.ts';

const arm64 = { os: 'linux', architecture: 'arm64' };
const amd64 = { os: 'linux', architecture: 'amd64' };

describe('the input builder', () => {
  test.each([
    ['mine', { kind: 'named', name: 'mine' }],
    ['unix:///run/buildkit/buildkitd.sock', { kind: 'remote', endpoint: 'unix:///run/buildkit/buildkitd.sock' }],
    ['tcp://buildkit.internal:1234', { kind: 'remote', endpoint: 'tcp://buildkit.internal:1234' }],
    ['kubernetes://builds', { kind: 'kubernetes', namespace: 'builds' }],
  ])('%s', (text, expected) => {
    expect(parseBuilder(text)).toEqual(expected);
  });

  test.each(['--use', 'unix://relative', 'tcp://host', 'kubernetes://a,b=c', 'kubernetes://', 'ssh://host', 'a b', ''])(
    'refuses "%s"',
    text => {
      expect(() => parseBuilder(text)).toThrow('is not a builder');
    },
  );
});

test.each([
  ['a container', { kind: 'container' } as const, undefined, ['create', '--name=b', '--driver=docker-container']],
  [
    'a container from a mirror',
    { kind: 'container' } as const,
    'mirror/buildkit:v1',
    ['create', '--name=b', '--driver=docker-container', '--driver-opt=image=mirror/buildkit:v1'],
  ],
  [
    'a remote BuildKit',
    { kind: 'remote', endpoint: 'tcp://h:1' } as const,
    'unused',
    ['create', '--name=b', '--driver=remote', '--', 'tcp://h:1'],
  ],
  [
    'pods on nodes of the platform',
    { kind: 'kubernetes', namespace: 'ci' } as const,
    'mirror/buildkit:v1',
    [
      'create',
      '--name=b',
      '--driver=kubernetes',
      '--platform=linux/arm64',
      '--driver-opt=namespace=ci',
      '--driver-opt=nodeselector=kubernetes.io/arch=arm64',
      '--driver-opt=image=mirror/buildkit:v1',
    ],
  ],
])('makes %s', (_, make, image, expected) => {
  expect(createArguments({ name: 'b', make, image, platform: arm64 })).toEqual(expected);
});

describe('what buildx says of a builder', () => {
  const inspection = `Name:          r1
Driver:        remote
Last Activity: 2026-11-23 23:30:23 +0000 UTC

Nodes:
Name:             r10
Endpoint:         unix:///run/b.sock
Status:           running
BuildKit version: v0.34.2
Platforms:        linux/amd64, linux/amd64/v2, linux/arm64, linux/386
Labels:
 org.mobyproject.buildkit.worker.executor: oci
`;

  test('names driver and platforms, of each node', () => {
    const state = parseInspection(`${inspection}\nName: r11\nPlatforms: linux/arm64*\n`);
    expect(state).toEqual({
      driver: 'remote',
      nodes: [['linux/amd64', 'linux/amd64/v2', 'linux/arm64', 'linux/386'], ['linux/arm64']],
      error: undefined,
    });
    expect(isEmulated(state, arm64)).toBe(false);
  });

  test('tells an emulated platform from the machine’s own', () => {
    const state = parseInspection(inspection);
    expect([amd64, arm64].map(platform => isEmulated(state, platform))).toEqual([false, true]);
    expect(isEmulated(parseInspection(''), arm64)).toBeUndefined();
    expect(emulationWarning(state, arm64)).toMatch(/linux\/arm64 is emulated: .*ubuntu-24.04-arm.*ARM_CONTAINER.*Graviton/);
    expect(emulationWarning(state, { os: 'linux', architecture: 's390x' })).toMatch(/cannot run linux\/s390x/);
  });

  test('keeps its error', () => {
    expect(parseInspection('Name: default\nDriver:\nError:  failed to connect to the docker API\n')).toEqual({
      driver: '',
      nodes: [],
      error: 'failed to connect to the docker API',
    });
  });
});

test.each([
  ['github.com/docker/buildx v0.38.2 abc', true],
  ['github.com/docker/buildx v0.13.0 abc', true],
  ['github.com/docker/buildx 0.12.1 abc', false],
  ['github.com/docker/buildx v1.0.0 abc', true],
  ['github.com/docker/buildx v0.0.0+unknown', true],
  ['github.com/docker/buildx  ', true],
])('%s is recent: %s', (version, expected) => {
  expect(isRecent(version)).toBe(expected);
});
