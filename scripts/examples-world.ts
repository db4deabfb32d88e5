import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { type Ecr, makeBusyboxLayout, requireTool, startBuildkit, startEcr, startRegistry } from '@eks-gitops/testbed';
import { execa } from 'execa';
import { checkOutShop, commitAll } from './lab-checkout.ts';

const root = dirname(import.meta.dirname);
const minutes = 60_000;

/** The complete workflows of workflows-examples/github-actions. */
export type Example = 'publish-image' | 'release' | 'deploy' | 'deploy-by-flux';

/** What the workflow examples meet under act: Amazon ECR's part, Docker Hub's, a builder, and the actions of one release. */
export interface ExamplesWorld {
  readonly ecr: Ecr;
  /** A checkout of the sample shop in a folder of that name. */
  readonly checkOut: (name: string) => Promise<string>;
  readonly run: (run: ExampleRun) => Promise<void>;
  /** The command of this clone, as the platform team runs it once. */
  readonly command: (args: readonly string[], env: Readonly<Record<string, string>>) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface ExampleRun {
  readonly example: Example;
  readonly shop: string;
  /** Beside IMAGE and AWS_ROLE. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
}

export interface WorldOptions {
  readonly folder: string;
  /** A clone of the release that workflows name as v1. */
  readonly released: string;
}

/** Starts it in a sandbox. */
export async function startExamplesWorld({ folder, released }: WorldOptions): Promise<ExamplesWorld> {
  const at = (...path: readonly string[]): string => join(folder, ...path);
  const home = { HOME: folder, XDG_CACHE_HOME: at('cache'), DOCKER_CONFIG: at('docker') };
  const [ecr, mirror, buildx, act] = await Promise.all([startEcr(), startRegistry(), requireTool('buildx'), requireTool('act')]);
  const buildkit = await startBuildkit({
    registries: [
      { host: ecr.host, ca: ecr.certificateFile },
      { host: mirror.host, http: true },
      { host: 'docker.io', mirror: mirror.host },
    ],
  });
  await execa(buildx, ['create', '--name=lab', '--driver=remote', buildkit.address], { env: home });
  await mkdir(at('programs'));
  await symlink(buildx, at('programs', 'buildx'));
  await pushBase({ folder, buildx, host: mirror.host, env: home });
  const credentials = await makeCredentialsStandIn({ folder: at('credentials'), ecr });

  const run = async ({ example, shop, variables = {}, secrets = {} }: ExampleRun): Promise<void> => {
    const file = join(root, 'workflows-examples', 'github-actions', `${example}.yml`);
    const args = [
      ...['push', '--no-cache-server', `--workflows=${file}`],
      ...['ubuntu-latest', 'ubuntu-24.04-arm'].map(runner => `--platform=${runner}=-self-hosted`),
      `--local-repository=OWNER/eks-gitops-actions@v1=${released}`,
      `--local-repository=aws-actions/configure-aws-credentials@v5=${credentials}`,
      ...Object.entries({ IMAGE: `${ecr.host}/shop/ui`, AWS_ROLE: 'any', ...variables }).map(
        ([name, value]) => `--var=${name}=${value}`,
      ),
      ...Object.keys(secrets).map(name => `--secret=${name}`),
    ];
    const path = [dirname(process.execPath), at('programs'), process.env['PATH']].join(delimiter);
    const env = { ...home, ...secrets, BUILDX_BUILDER: 'lab', PATH: path };
    const { all, exitCode } = await execa(act, args, { cwd: shop, env, all: true, reject: false, timeout: 5 * minutes });
    if (exitCode !== 0 || !all.includes('Job succeeded')) throw new Error(all);
  };
  return {
    ecr,
    checkOut: async name => (await checkOutShop({ checkout: at(name), record: at(`${name}.json`) })).checkout,
    run,
    command: async (args, env) => {
      await execa(process.execPath, [join(root, 'packages/cli/src/bin.ts'), ...args], { env: { ...home, ...env } });
    },
    stop: async () => {
      await Promise.all([ecr, mirror, buildkit].map(server => server.stop()));
    },
  };
}

interface Base {
  readonly folder: string;
  readonly buildx: string;
  readonly host: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The base image of the shop, for both platforms, under the name that it has on Docker Hub. */
async function pushBase({ folder, buildx, host, env }: Base): Promise<void> {
  const layout = await makeBusyboxLayout({ folder: join(folder, 'busybox'), tag: '1.36' });
  const context = join(folder, 'base');
  await mkdir(context);
  await writeFile(join(context, 'Dockerfile'), 'FROM base\n');
  const args = [
    ...['build', '--builder=lab', '--platform=linux/amd64,linux/arm64', '--provenance=false'],
    `--build-context=base=oci-layout://${layout.folder}:1.36`,
    `--output=type=image,name=${host}/library/busybox:1.36,push=true`,
  ];
  await execa(buildx, [...args, context], { env });
}

/** What configure-aws-credentials leaves behind, without AWS, as a repository. */
async function makeCredentialsStandIn({ folder, ecr: { env } }: { folder: string; ecr: Ecr }): Promise<string> {
  const lines = Object.entries(env).map(([name, value]) => `        echo "${name}=${value}" >> "$GITHUB_ENV"`);
  const action = `name: stand-in
description: sets the AWS environment
inputs: { role-to-assume: { description: role }, aws-region: { description: region } }
runs:
  using: composite
  steps:
    - shell: bash
      run: |
${lines.join('\n')}
`;
  await mkdir(folder);
  await writeFile(join(folder, 'action.yml'), action);
  await execa('git', ['init', '--quiet', '--initial-branch=main'], { cwd: folder });
  await commitAll(folder, 'Set the AWS environment');
  return folder;
}
