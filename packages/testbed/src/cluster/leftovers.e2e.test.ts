import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { expect } from '@jest/globals';
import { execa } from 'execa';
import { findTool, type MachineState, readMachine } from '../index.ts';
import { testNeeding } from '../needs.ts';

const test = await testNeeding(
  ...(['root', 'busybox-amd64', 'busybox-arm64', 'etcd', 'kube-apiserver', 'kube-controller-manager'] as const),
  ...(['kube-scheduler', 'kubelet', 'containerd', 'runc'] as const),
);

const index = JSON.stringify(fileURLToPath(new URL('../index.ts', import.meta.url)));
const busybox = await findTool('busybox-amd64');

const clusterProgram = `
  import { startCluster } from ${index};
  const cluster = await startCluster();
  await cluster.api.apply('{ apiVersion: v1, kind: Pod, metadata: { name: idle, namespace: default }, spec: { containers: [{ name: idle, image: "testbed/pause:1" }] } }');
  const idle = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'idle', namespace: 'default' } };
  await cluster.api.waitFor(idle, { until: found => JSON.stringify(found).includes('"phase":"Running"') });
  console.log('started');
  await cluster.stop();
  console.log('stopped');
  setInterval(() => undefined, 1000);`;

/** A Node program that starts a cluster in a sandbox of its own, and stays. */
function startSandbox(program: string, env: Record<string, string>) {
  const options = { command: process.execPath, args: ['--input-type=module', '--eval', program], busybox: busybox?.file };
  const entering = `
    import { enterSandbox } from ${index};
    process.exitCode = await enterSandbox({ ...${JSON.stringify(options)}, signal: new AbortController().signal });`;
  return execa(process.execPath, ['--input-type=module', '--eval', entering], { env, reject: false });
}

/** Killed processes take a moment to be gone. */
async function stateWithout(marker: string): Promise<MachineState> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const state = await readMachine({ marker });
    if (state.processes.length === 0 || Date.now() > deadline) return state;
  }
}

test('a cluster leaves the machine as it was when it is stopped, and when its sandbox is killed and then followed by another', async () => {
  const value = randomUUID();
  const marker = `EKS_GITOPS_TEST=${value}`;
  const before = await readMachine({ marker });
  for (const line of ['stopped', 'started']) {
    const running = startSandbox(clusterProgram, { EKS_GITOPS_TEST: value });
    const seen: string[] = [];
    for await (const said of running.iterable()) {
      seen.push(said);
      if (said === line) running.kill('SIGKILL');
    }
    await running;
    expect(seen).toContain(line);
    const { processes: left, ...stopped } = await stateWithout(marker);
    expect(left).toEqual([]);
    await startSandbox('', {});
    expect(line === 'stopped' ? { ...stopped, processes: [] } : await readMachine({ marker })).toEqual(before);
  }
}, 300_000);
