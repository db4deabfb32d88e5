import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { toolsFolder } from './cache.ts';
import { goBuildArgs, moduleVersion } from './go.ts';
import { publishedGoMod } from './go-mod.ts';
import { tools } from './table.ts';
import { findVersion, isAtLeast } from './version.ts';

describe('the folder of the tools', () => {
  test.each([
    [{ EKS_GITOPS_TOOLS: '/t', XDG_CACHE_HOME: '/c', HOME: '/h' }, '/t'],
    [{ XDG_CACHE_HOME: '/c', HOME: '/h' }, '/c/eks-gitops-actions/tools'],
    [{ XDG_CACHE_HOME: 'relative', HOME: '/h' }, '/h/.cache/eks-gitops-actions/tools'],
  ])('of %j is %s', (env, folder) => {
    expect(toolsFolder(env)).toBe(folder);
  });

  test('cannot be told without a home', () => {
    expect(() => toolsFolder({})).toThrow('no folder to keep tools in');
  });
});

describe('a version', () => {
  test.each([
    ['github.com/docker/buildx v0.38.2 abc', '0.38.2'],
    ['act version 0.2.89', '0.2.89'],
    ['go version go1.26.8 linux/amd64', '1.26.8'],
    ['no number', undefined],
  ])('of %j is %s', (output, version) => {
    expect(findVersion(output)).toBe(version);
  });

  test.each([
    ['1.26.8', '1.26', true],
    ['1.9', '1.26', false],
    ['0.38.2', '0.38.2', true],
    ['0.38', '0.38.2', false],
    ['2', '1.99', true],
  ])('%s is at least %s: %s', (version, wanted, answer) => {
    expect(isAtLeast(version, wanted)).toBe(answer);
  });
});

describe('a Go tool', () => {
  const source = { kind: 'go', module: 'm', commands: ['./cmd/a'], stamp: 'm/v.V=v1' } as const;

  test('is built in a copy of its module, with its version stamped', () => {
    expect(goBuildArgs({ source, moduleFolder: '/mod', folder: '/out', rewritten: false })).toEqual([
      ...['build', '-C', '/mod', '-p=2', '-mod=readonly', '-buildvcs=false', '-trimpath'],
      ...['-ldflags=-s -w -X m/v.V=v1', '-o=/out/', './cmd/a'],
    ]);
  });

  test('may have its go.sum completed where its go.mod was rewritten', () => {
    expect(goBuildArgs({ source, moduleFolder: '/mod', folder: '/out', rewritten: true })).toContain('-mod=mod');
  });

  test.each([
    ['1.2.4', 'm@v1.2.4'],
    ['1.2.4+3', 'm@v1.2.4'],
  ])('of version %s is built in %s', (version, module) => {
    expect(moduleVersion(source, version)).toBe(module);
  });

  test('of ours has a command in its folder, and a version that can change with it', () => {
    const own = Object.values(tools).filter(({ source: { kind, ...rest } }) => kind === 'go' && 'own' in rest);
    expect(own.map(({ version }) => version)).toEqual([expect.stringMatching(/^[\d.]+\+\d+$/)]);
  });
});

describe('the go.mod of a module beside others in one repository', () => {
  test('loses the replacements by folders that its archive lacks, and keeps the others', () => {
    const text = [
      'module example.org/tool',
      'require example.org/tool/api v1.2.4',
      'replace example.org/tool/api => ./api',
      'replace (',
      '\texample.org/client/v3 => ../client/v3',
      '\texample.org/digest => example.org/digest v1.0.1',
      ')',
      '',
    ];
    expect(publishedGoMod(text.join('\n')).split('\n')).toEqual(text.filter((_, line) => line !== 2 && line !== 4));
  });

  test('names the version that its placeholder stands for', () => {
    const text = 'require (\n\tk8s.io/api v0.0.0\n\tk8s.io/kms v0.0.0 // indirect\n\tk8s.io/utils v0.0.0-2024-4c0f\n)\n';
    expect(publishedGoMod(text, { placeholder: '0.34.4' })).toBe(
      'require (\n\tk8s.io/api v0.34.4\n\tk8s.io/kms v0.34.4 // indirect\n\tk8s.io/utils v0.0.0-2024-4c0f\n)\n',
    );
  });

  test('takes other versions for those that cannot be had', () => {
    expect(publishedGoMod('require a/b v1.0.3\n', { replaced: ['a/b@v1.0.1'] })).toBe(
      'require a/b v1.0.3\nreplace a/b => a/b v1.0.1\n',
    );
  });

  test('that stands alone stays as it is', () => {
    const text = 'module m\n\nrequire a v0.0.0 // not a placeholder\n';
    expect(publishedGoMod(text)).toBe(text);
  });
});

describe('scripts/toolchain', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'toolchain-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const script = fileURLToPath(new URL('../../../../scripts/toolchain.ts', import.meta.url));
  const run = (args: readonly string[], env: Readonly<Record<string, string>>) =>
    execa(process.execPath, [script, ...args], { env, extendEnv: false, reject: false });

  async function putTool({ in: place, name, version }: { in: string; name: string; version: string }): Promise<void> {
    await mkdir(place, { recursive: true });
    await writeFile(join(place, name), `#!/bin/sh\necho ${name} version ${version}\n`, { mode: 0o755 });
  }

  test('takes a tool on PATH in the pinned version or newer, and else one of the cache that is whole', async () => {
    const path = join(folder, 'path');
    const cached = join(folder, 'actionlint-1.7.12');
    const env = { PATH: `${path}:/usr/bin:/bin`, EKS_GITOPS_TOOLS: folder };
    await putTool({ in: cached, name: 'actionlint', version: '1.7.12' });
    await writeFile(join(cached, '.complete'), '');
    await putTool({ in: path, name: 'actionlint', version: '1.7.11' });
    expect((await run(['actionlint'], env)).stdout).toBe(`actionlint 1.7.12 ${cached}/actionlint (cache)`);
    await putTool({ in: path, name: 'actionlint', version: '1.8.0' });
    expect((await run(['actionlint'], env)).stdout).toBe(`actionlint 1.8.0 ${path}/actionlint (PATH)`);
  });

  test('takes docker’s plugin of the machine in the pinned version or newer', async () => {
    const plugins = join(folder, 'config', 'cli-plugins');
    const env = { PATH: '/usr/bin:/bin', EKS_GITOPS_TOOLS: folder, DOCKER_CONFIG: join(folder, 'config') };
    await putTool({ in: plugins, name: 'docker-buildx', version: 'v9.0.1' });
    expect((await run(['buildx'], env)).stdout).toBe(`buildx 9.0.1 ${plugins}/docker-buildx (docker)`);
  });

  test('does not take a tool whose building was cut short, and names Go with exit code 2 where it is missing or too old', async () => {
    const cached = join(folder, 'actionlint-1.7.12');
    await putTool({ in: cached, name: 'actionlint', version: '1.7.12' });
    const without = await run(['actionlint'], { PATH: folder, EKS_GITOPS_TOOLS: folder });
    expect(without.exitCode).toBe(2);
    expect(without.stderr).toContain('go is needed to bring actionlint');
    await putTool({ in: folder, name: 'go', version: 'go1.19.8' });
    const old = await run(['actionlint'], { PATH: `${folder}:/bin`, EKS_GITOPS_TOOLS: folder });
    expect(old.exitCode).toBe(2);
    expect(old.stderr).toContain('version 1.19.8');
  });

  /** A stand-in for the compiler: it notes each build, and is told how to go on. */
  async function putCompiler(then: string): Promise<void> {
    const build = `echo build >> ${folder}/builds; ${then}; for a; do case $a in -o=*) out=\${a#-o=};; esac; done
      printf '#!/bin/sh\\necho actionlint 1.7.12\\n' > $out/actionlint; chmod +x $out/actionlint`;
    const module = join(folder, 'module');
    await mkdir(module, { recursive: true });
    await writeFile(join(module, 'go.mod'), 'module tested\n');
    const body = `case $1 in version) echo go1.26.8;; mod) echo '{"Dir":"${module}"}';; build) ${build};; esac`;
    await writeFile(join(folder, 'go'), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  }
  const builds = async (): Promise<number> =>
    (await readFile(join(folder, 'builds'), 'utf8').catch(() => '')).split('\n').length - 1;
  const env = (): Record<string, string> => ({ PATH: `${folder}:/usr/bin:/bin`, EKS_GITOPS_TOOLS: folder });

  test('builds a tool once for two who want it at the same time', async () => {
    await putCompiler('sleep 0.5');
    const both = await Promise.all([run(['actionlint'], env()), run(['actionlint'], env())]);
    expect(both.map(({ stdout }) => stdout)).toEqual(
      Array(2).fill(`actionlint 1.7.12 ${folder}/actionlint-1.7.12/actionlint (cache)`),
    );
    expect(await builds()).toBe(1);
  });

  test('builds anew what a SIGKILL cut short', async () => {
    await putCompiler('exec sleep 60');
    const cut = run(['actionlint'], env());
    while ((await builds()) === 0) await new Promise(resolve => setTimeout(resolve, 20));
    cut.kill('SIGKILL');
    await cut;
    await putCompiler(':');
    expect((await run(['actionlint'], env())).stdout).toContain('(cache)');
    expect(await builds()).toBe(2);
  });

  test('names the tools there are when asked for another, with exit code 2', async () => {
    const { exitCode, stderr } = await run(['buildkit'], { EKS_GITOPS_TOOLS: folder });
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('buildkitd') });
  });
});
