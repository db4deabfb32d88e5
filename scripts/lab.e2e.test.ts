import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseRecord } from '@eks-gitops/action';
import { type MachineState, makeBusyboxLayout, readMachine } from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { clusterTools, labTools } from './lab-tools.ts';

const lab = fileURLToPath(new URL('lab', import.meta.url));
const testOfLab = await testNeeding('root', ...labTools);

const testOfWholeLab = await testNeeding('root', ...labTools, ...clusterTools);

describe('scripts/lab', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lab-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const run = (args: readonly string[]) => execa(lab, args, { reject: false, cwd: folder, env: { EKS_GITOPS_TEST: folder } });
  const machine = (): Promise<MachineState> => readMachine({ marker: `EKS_GITOPS_TEST=${folder}` });

  testOfLab(
    'releases the sample shop, runs it on both architectures, writes the record and leaves the machine as it was',
    async () => {
      const before = await machine();
      const { stdout, stderr, exitCode } = await run(['--record', 'release.json']);
      expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
      expect(stdout).toContain('served by x86_64 (linux/amd64)');
      expect(stdout).toContain('served by aarch64 (linux/arm64)');
      const { builds, index } = parseRecord(await readFile(join(folder, 'release.json'), 'utf8'));
      expect(builds.map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm64']);
      expect(stdout).toContain(`:${index?.tag}@${index?.digest}`);
      expect(stderr).toContain(`The release record is in ${join(folder, 'release.json')}`);
      expect(await machine()).toEqual(before);
    },
    120_000,
  );

  for (const automation of ['flux', 'action']) {
    testOfWholeLab(
      `goes on to the answering page in both rounds, with automation ${automation}, and leaves the machine as it was`,
      async () => {
        const before = await machine();
        const file = `${automation}.json`;
        const { stdout, exitCode } = await run(['--cluster', '--automation', automation, '--record', file]);
        expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
        for (const brand of ['Retail Store Sample', 'Retail Store Sample New']) expect(stdout).toContain(`  "${brand}"\n`);
        const { index, applied, rollout, url } = parseRecord(await readFile(join(folder, file), 'utf8'));
        expect(applied?.kustomizations).toEqual(['flux-system/apps']);
        expect(rollout).toMatchObject({ digest: index?.digest, workloads: [{ workload: 'ui/deployment/ui', pods: 2 }] });
        expect(url).toMatch(/^http:\/\/k8s-ui-ui-.*\.us-west-2\.elb\.amazonaws\.com\/home$/);
        expect(await machine()).toEqual(before);
      },
      300_000,
    );
  }

  testOfLab(
    'takes an app of one’s own, whose base images are named, and gives its build’s own error',
    async () => {
      await makeBusyboxLayout({ folder: join(folder, 'base'), tag: 'one' });
      const app = join(folder, 'app');
      const base = ['--build-context', 'amazonlinux:2023=oci-layout://base:one'];
      await commit(
        app,
        'FROM amazonlinux:2023\nUSER 10:10\nEXPOSE 9000\nCMD ["nc", "-ll", "-p", "9000", "-e", "echo", "HTTP/1.0 200 OK\\r\\n\\r"]\n',
      );
      const good = await run(['--source', 'app', ...base]);
      expect({ ...good }).toMatchObject({ exitCode: 0 });
      expect(good.stdout).toContain('http://127.0.0.1:9000/ answered 200');
      await commit(app, 'FROM amazonlinux:2023\nRUN echo no such luck && exit 4\n');
      const bad = await run(['--source', 'app', ...base]);
      expect(bad.exitCode).toBe(1);
      expect(bad.stderr).toContain('no such luck');
    },
    120_000,
  );

  test.each([
    [['--sauce', 'x'], "Unknown option '--sauce'"],
    [['--context', 'src'], 'go with --source'],
  ])('%j is wrong use', async (args, words) => {
    const { exitCode, stderr } = await run(args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(words);
  });
});

async function commit(folder: string, dockerfile: string): Promise<void> {
  const git = (...args: string[]) =>
    execa('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', ...args], { cwd: folder });
  await execa('git', ['init', '--quiet', folder]);
  await writeFile(join(folder, 'Dockerfile'), dockerfile);
  await git('add', '.');
  await git('commit', '--quiet', '--message=one');
}
