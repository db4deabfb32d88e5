import { requireTool } from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { expect } from '@jest/globals';
import { execa } from 'execa';
import { parseStatusRange } from './expectation.ts';
import { parseUrlTemplate } from './target.ts';
import { waitForAnswer } from './wait-for-answer.ts';

const test = await testNeeding('sandbox', 'root', 'busybox-amd64');

test('an internal load balancer that cannot be reached is recognised, and told with what to do', async () => {
  const busybox = await requireTool('busybox-amd64');
  const ip = (...args: string[]) => execa(busybox, ['ip', ...args]);
  // A cable with nothing at its other end: what is sent to this network is lost, as it is for an address of a VPC from outside.
  await ip('link', 'add', 'vpc', 'type', 'veth');
  try {
    await ip('address', 'add', '10.213.77.1/24', 'dev', 'vpc');
    await ip('link', 'set', 'vpc', 'arp', 'off');
    await ip('link', 'set', 'vpc', 'up');
    const told: string[] = [];
    const waiting = waitForAnswer({
      subject: { kind: 'url', template: parseUrlTemplate('http://10.213.77.9') },
      path: '/',
      expectation: { statuses: [parseStatusRange('200')], headers: [] },
      consecutive: 1,
      timeout: 120_000,
      privatePatience: 1_000,
      signal: new AbortController().signal,
      onProgress: sentence => told.push(sentence),
      onNotice: () => undefined,
    });
    await expect(waiting).rejects.toMatchObject({
      code: 'LOAD_BALANCER_PRIVATE',
      message: '10.213.77.9 cannot be reached from this machine.',
      failure: { remedy: expect.stringContaining('inside the VPC') },
    });
    expect(told[0]).toContain('it accepts no connection (found: nothing came back within 5 s, and the address is a private one)');
  } finally {
    await ip('link', 'delete', 'vpc');
  }
});
