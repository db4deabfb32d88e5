import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { describe, expect } from '@jest/globals';
import { execa } from 'execa';
import { findTool, type MachineState, readMachine, startEcr } from '../index.ts';
import { testNeeding } from '../needs.ts';

const testAsRoot = await testNeeding('root', 'busybox-amd64', 'busybox-arm64', 'qemu-aarch64');
const testInSandbox = await testNeeding('sandbox', 'docker-registry', 'moto');

const entering = fileURLToPath(new URL('enter.ts', import.meta.url));
const busybox = await findTool('busybox-amd64');
const arm64Busybox = await findTool('busybox-arm64');
const qemu = await findTool('qemu-aarch64');

/** Starts a Node program that runs a shell command in a sandbox of its own. */
function startSandbox(command: string, env: Record<string, string> = {}) {
  const options = { command: 'sh', args: ['-c', command], busybox: busybox?.file, qemu: qemu?.file };
  const program = `
    import { enterSandbox } from ${JSON.stringify(entering)};
    const cancelling = new AbortController();
    process.once('SIGTERM', () => cancelling.abort());
    process.exitCode = await enterSandbox({ ...${JSON.stringify(options)}, signal: cancelling.signal });`;
  return execa('node', ['--input-type=module', '--eval', program], { env, reject: false });
}

async function stateWithout(marker: string): Promise<MachineState> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const state = await readMachine({ marker });
    if (state.processes.length === 0 || Date.now() > deadline) return state;
  }
}

describe('a sandbox', () => {
  testAsRoot('hands on output and exit code, and runs arm64 programs under the name that they are called by', async () => {
    const { stdout, exitCode } = await startSandbox(`ln -s ${arm64Busybox?.file} $TMPDIR/uname && $TMPDIR/uname -m && exit 7`);
    expect({ stdout, exitCode }).toEqual({ stdout: 'aarch64', exitCode: 7 });
  });

  testAsRoot('has no network but loopback, where AWS names lead', async () => {
    const { stdout } = await startSandbox('tail -n +3 /proc/net/dev | cut -d: -f1; getent hosts api.ecr.us-west-2.amazonaws.com');
    expect(stdout.split('\n').map(line => line.trim())).toEqual(['lo', expect.stringMatching(/^127\.0\.1\.11 /)]);
  });

  testAsRoot(
    'leaves the machine as it was when it ends, is cancelled or is killed and then followed by another',
    async () => {
      const value = randomUUID();
      const marker = `EKS_GITOPS_TEST=${value}`;
      const before = await readMachine({ marker });
      const ended = await startSandbox('exit 3', { EKS_GITOPS_TEST: value });
      expect(ended.exitCode).toBe(3);
      expect(await readMachine({ marker })).toEqual(before);
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        const running = startSandbox('setsid sleep 1000 & echo started; sleep 1000', { EKS_GITOPS_TEST: value });
        for await (const line of running.iterable()) if (line === 'started') running.kill(signal);
        await running;
        if (signal === 'SIGKILL') await startSandbox('exit 0');
        expect(await stateWithout(marker)).toEqual(before);
      }
    },
    30_000,
  );
});

describe('Amazon ECR in a sandbox', () => {
  testInSandbox(
    'answers under its own names, by certificates that are trusted, and demands the password of its token',
    async () => {
      const { host, stop } = await startEcr();
      const api = await fetch('https://api.ecr.us-west-2.amazonaws.com/', {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken',
          authorization:
            'AWS4-HMAC-SHA256 Credential=testing/20260101/us-west-2/ecr/aws4_request, SignedHeaders=host, Signature=0',
        },
        body: '{}',
      });
      const token = /"authorizationToken": ?"([^"]+)"/.exec(await api.text())?.[1];
      const statuses = await Promise.all(
        [token, undefined].map(
          async shown =>
            (await fetch(`https://${host}/v2/`, shown ? { headers: { authorization: `Basic ${shown}` } } : {})).status,
        ),
      );
      await stop();
      expect(statuses).toEqual([200, 401]);
    },
  );
});
