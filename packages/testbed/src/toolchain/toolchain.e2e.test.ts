import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { execa } from 'execa';
import { type Docker, startDocker } from '../docker.ts';
import { testNeeding } from '../needs.ts';

const testWithDocker = await testNeeding('root', 'dockerd', 'runc');

const script = fileURLToPath(new URL('../../../../scripts/toolchain.ts', import.meta.url));
let docker: Docker;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'toolchain-'));
  docker = await startDocker();
});
afterAll(async () => {
  await docker?.stop();
  await rm(folder, { recursive: true });
});

/** A program of the kind that tells its version. */
async function putProgram(file: string, words: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${words}\n`);
  await chmod(file, 0o755);
}

/** The machine's own programs and docker, without Go, and an own cache. */
const env = () => ({
  PATH: `${join(folder, 'bin')}:${docker.programs}:/usr/bin:/bin`,
  DOCKER_HOST: docker.address,
  EKS_GITOPS_TOOLS: join(folder, 'tools'),
  HOME: folder,
});
const run = (program: string, args: readonly string[]) => execa(program, args, { env: env(), extendEnv: false, reject: false });
const toolchain = (name: string) => run(process.execPath, [script, name]);

/** Makes an image as its publisher's is laid out, with a volume too. */
async function makeImage({ reference, files, version }: { reference: string; files: readonly string[]; version: string }) {
  const root = await mkdtemp(join(folder, 'image-'));
  for (const file of files) await putProgram(join(root, file), `echo version v${version}`);
  await execa('tar', ['-c', '-f', `${root}.tar`, '-C', root, '.']);
  await run('docker', ['import', '--change=VOLUME /var/lib/buildkit', `${root}.tar`, reference]);
}

async function containersAndVolumes(): Promise<string> {
  const [containers, volumes] = await Promise.all([run('docker', ['ps', '-aq']), run('docker', ['volume', 'ls', '-q'])]);
  return `${containers.stdout}${volumes.stdout}`;
}

describe('where Docker answers', () => {
  testWithDocker('a tool is copied from its publisher’s image, with nothing left in Docker but the image', async () => {
    const files = ['/usr/bin/buildctl', '/usr/bin/buildkitd'];
    await makeImage({ reference: 'moby/buildkit:v0.34.2', files, version: '0.34.2' });
    const { stdout, stderr } = await toolchain('buildkitd');
    expect(stderr).toContain('buildkitd 0.34.2: copying from the image moby/buildkit:v0.34.2 …');
    expect(stdout).toBe(`buildkitd 0.34.2 ${folder}/tools/buildkitd-0.34.2/buildkitd (cache)`);
    expect((await run(`${folder}/tools/buildkitd-0.34.2/buildctl`, [])).stdout).toBe('version v0.34.2');
    expect(await containersAndVolumes()).toBe('');
  });

  testWithDocker('Go builds it, with a line that says why, when the image is not to be had or holds something else', async () => {
    const build = `for a; do case $a in -o=*) out=\${a#-o=};; esac; done; printf '#!/bin/sh\\n' > $out/buildx; chmod +x $out/buildx`;
    const module = join(folder, 'module');
    await mkdir(module);
    await writeFile(join(module, 'go.mod'), 'module github.com/docker/buildx\n');
    await putProgram(
      join(folder, 'bin', 'go'),
      `case $1 in version) echo go1.26.8;; mod) echo '{"Dir":"${module}"}';; build) ${build};; esac`,
    );
    const absent = await toolchain('buildx');
    expect(absent.stderr).toMatch(
      /buildx: docker\/buildx-bin:0.38.2 is not to be had by Docker, so Go builds it\. .*(?:dial|lookup)/,
    );
    expect(absent.stdout).toContain('(cache)');
    await rm(join(folder, 'tools'), { recursive: true });
    await makeImage({ reference: 'docker/buildx-bin:0.38.2', files: ['/buildx'], version: '0.38.1' });
    const other = await toolchain('buildx');
    expect(other.stderr).toContain('What it holds is 0.38.1.');
    expect(other.stdout).toContain('(cache)');
    expect(await containersAndVolumes()).toBe('');
  });
});
