import { describe, expect, test } from '@jest/globals';
import { exposedPorts, formatRuntimeSpec, resolveUser, runConfig } from './runtime-spec.ts';

const passwd = 'root:x:0:0::/root:/bin/sh\napp:x:1000:1001::/app:/bin/sh\n';
const group = 'root:x:0:\nweb:x:33:\n';

describe('the user of an image', () => {
  test.each([
    ['', { uid: 0, gid: 0 }],
    ['app', { uid: 1000, gid: 1001 }],
    ['1000', { uid: 1000, gid: 1001 }],
    ['app:web', { uid: 1000, gid: 33 }],
    ['65534:65534', { uid: 65534, gid: 65534 }],
    ['4711', { uid: 4711, gid: 0 }],
  ])('%j is found in its own files', (user, ids) => {
    expect(resolveUser({ user, passwd, group })).toEqual(ids);
  });
});

test('the entry point comes before the command, the image’s environment after the default path', () => {
  const image = runConfig.parse({
    architecture: 'arm64',
    config: { Entrypoint: ['/run'], Cmd: ['-x'], Env: ['A=1'], WorkingDir: '' },
  });
  const { process } = JSON.parse(formatRuntimeSpec({ image, user: { uid: 1, gid: 2 }, rootfs: '/r' }));
  expect(process).toMatchObject({
    args: ['/run', '-x'],
    cwd: '/',
    user: { uid: 1, gid: 2 },
    env: [expect.stringMatching(/^PATH=/), 'A=1'],
  });
});

test('the ports of an image are those of TCP, lowest first', () => {
  const ExposedPorts = { '9000': {}, '8080/tcp': {}, '53/udp': {} };
  expect(exposedPorts(runConfig.parse({ architecture: 'amd64', config: { ExposedPorts } }))).toEqual([8080, 9000]);
});
