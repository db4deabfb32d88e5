import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import {
  awsAccount,
  type Buildkit,
  type CodeCommit,
  type Ecr,
  type Execution,
  type NpmRegistry,
  requireTool,
  type SimulatedPipeline,
  simulatePipeline,
  startBuildkit,
  startCodeCommit,
  startEcr,
  startNpmRegistry,
} from '@eks-gitops/testbed';
import { execa } from 'execa';
import { labOptions } from './option-sets.ts';
import { pipelineTemplate } from './template.ts';

export const place = { account: awsAccount, region: 'us-west-2', stack: 'shop' };
export const imageRepository = 'shop/ui';
const repository = 'shop';

const toolInBucket = 's3://tools/eks-gitops-actions.tgz';

/** An image of either architecture, without a base that would have to be pulled: its step runs on it. */
export const dockerfile = `FROM scratch
ARG TARGETARCH
COPY --chmod=755 busybox-\${TARGETARCH} /bin/busybox
RUN ["/bin/busybox", "sh", "-c", "/bin/busybox uname -m > /machine"]
CMD ["/bin/busybox", "cat", "/machine"]
`;

export interface Change {
  readonly files: Readonly<Record<string, string>>;
  /** Default main. */
  readonly branch?: string;
  /** Which pipeline hears of it. */
  readonly heardBy: SimulatedPipeline;
}

export interface Push {
  readonly commit: string;
  /** What it has started. */
  readonly execution: Execution | undefined;
}

/** The lab's pipeline, simulated from its template, and all that it needs. */
export interface PipelineWorld {
  readonly pipeline: SimulatedPipeline;
  /** The same with its tool from a bucket, by a stand-in for `aws s3 cp`. */
  readonly withToolInBucket: SimulatedPipeline;
  /** Projects whose roles AWS knows no more: their builds have no credentials. */
  readonly withoutRole: Set<string>;
  readonly ecr: Ecr;
  readonly codecommit: CodeCommit;
  /** Pushes a change over HTTPS as a developer does, and tells EventBridge of it, as CodeCommit does. */
  readonly push: (change: Change) => Promise<Push>;
  readonly stop: () => Promise<void>;
}

export async function makePipelineWorld(): Promise<PipelineWorld> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'codepipeline-')));
  const [ecr, codecommit, tarball] = await Promise.all([
    startEcr({ immutable: [/^latest$/, /^cache-/] }),
    startCodeCommit(),
    packCommand(folder),
  ]);
  const npm = await startNpmRegistry({ tarballs: [tarball] });
  const buildkit = await startBuildkit({ registries: [{ host: ecr.host, ca: ecr.certificateFile }] });
  await createSource(codecommit);
  const environment = await furnishImage({ folder, ecr, npm, buildkit, tarball });
  const withoutRole = new Set<string>();
  const simulate = (toolPackage: string): Promise<SimulatedPipeline> =>
    simulatePipeline({
      template: JSON.parse(JSON.stringify(pipelineTemplate({ ...labOptions, cache: true, toolPackage }))),
      place,
      codecommit,
      environment: ({ Name }) => ({ ...environment, ...(withoutRole.has(Name) ? {} : roleCredentials(Name)) }),
    });
  const [pipeline, withToolInBucket] = await Promise.all([simulate('eks-gitops-actions@0.0.0'), simulate(toolInBucket)]);
  const checkout = join(folder, 'checkout');
  const push: PipelineWorld['push'] = async ({ files, branch = 'main', heardBy }) => {
    const commit = await pushChange({ codecommit, checkout, files, branch });
    return { commit, execution: await heardBy.deliver(changeEvent({ commit, branch })) };
  };
  const stop = async (): Promise<void> => {
    await Promise.all([pipeline.stop(), withToolInBucket.stop()]);
    await Promise.all([ecr.stop(), codecommit.stop(), npm.stop(), buildkit.stop()]);
    await rm(folder, { recursive: true, force: true });
  };
  return { pipeline, withToolInBucket, withoutRole, ecr, codecommit, push, stop };
}

/** Each project has credentials of its own, so that calls tell whose they are. */
function roleCredentials(project: string): Readonly<Record<string, string>> {
  return { AWS_ACCESS_KEY_ID: project, AWS_SECRET_ACCESS_KEY: 'testing' };
}

/** The command as it is published: packed from this tree. */
async function packCommand(folder: string): Promise<string> {
  const pack = join(import.meta.dirname, '../../../../scripts/pack.ts');
  const { stdout } = await execa(process.execPath, [pack, folder], { env: { NODE_OPTIONS: '' } });
  return stdout.trim().split('\n').at(-1) ?? '';
}

async function createSource(codecommit: CodeCommit): Promise<void> {
  const [amd64, arm64] = await Promise.all(
    [requireTool('busybox-amd64'), requireTool('busybox-arm64')].map(async file => readFile(await file)),
  );
  if (amd64 === undefined || arm64 === undefined) throw new Error('There is no busybox.');
  await codecommit.createRepository(`v1/repos/${repository}`, {
    'src/ui/Dockerfile': dockerfile,
    'src/ui/busybox-amd64': amd64,
    'src/ui/busybox-arm64': arm64,
  });
}

interface Furnishing {
  readonly folder: string;
  readonly ecr: Ecr;
  readonly npm: NpmRegistry;
  readonly buildkit: Buildkit;
  readonly tarball: string;
}

/**
 * What CodeBuild's image brings, as far as the builds use it: git, an npx of a Node that may be older than ours, aws, and buildx,
 * whose current builder is the one BuildKit of this machine.
 */
async function furnishImage({ folder, ecr, npm, buildkit, tarball }: Furnishing): Promise<Readonly<Record<string, string>>> {
  const programs = join(folder, 'programs');
  await mkdir(programs);
  const buildx = await requireTool('buildx');
  await symlink(buildx, join(programs, 'buildx'));
  const copy = `[ "$*" = "s3 cp --only-show-errors ${toolInBucket} $5" ] && exec cp '${tarball}' "$5"`;
  await writeFile(join(programs, 'aws'), `#!/bin/sh\n${copy}\n`, { mode: 0o755 });
  const config = join(folder, 'buildx');
  const env = { BUILDX_CONFIG: config };
  await execa(buildx, ['create', '--name=machine', '--driver=remote', '--use', buildkit.address], { env });
  const machine = (process.env['PATH'] ?? '').split(delimiter).filter(entry => !entry.includes('node_modules'));
  return {
    ...env,
    PATH: [programs, ...machine].join(delimiter),
    NODE_EXTRA_CA_CERTS: ecr.certificateFile,
    SSL_CERT_FILE: ecr.certificateFile,
    AWS_EC2_METADATA_DISABLED: 'true',
    npm_config_registry: npm.url,
  };
}

interface PushedChange {
  readonly codecommit: CodeCommit;
  readonly checkout: string;
  readonly files: Readonly<Record<string, string>>;
  readonly branch: string;
}

async function pushChange({ codecommit, checkout, files, branch }: PushedChange): Promise<string> {
  const path = `/v1/repos/${repository}`;
  const { username, password } = codecommit.login(path);
  const env = {
    ...codecommit.env,
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'http.extraHeader',
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
  };
  const identity = ['-c', 'user.name=A Developer', '-c', 'user.email=developer@example.com'];
  const git = (...args: string[]) => execa('git', [...identity, ...args], { cwd: checkout, env });
  await rm(checkout, { recursive: true, force: true });
  await execa('git', ['clone', '--quiet', '--', `${codecommit.url}${path}`, checkout], { env });
  for (const [name, content] of Object.entries(files)) await writeFile(join(checkout, name), content);
  await git('add', '.');
  await git('commit', '--quiet', '--allow-empty', '--message=Change the page');
  await git('push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`);
  return (await git('rev-parse', 'HEAD')).stdout;
}

/** https://docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html, "referenceUpdated". */
function changeEvent({ commit, branch }: { commit: string; branch: string }): unknown {
  return {
    version: '0',
    'detail-type': 'CodeCommit Repository State Change',
    source: 'aws.codecommit',
    account: place.account,
    region: place.region,
    resources: [`arn:aws:codecommit:${place.region}:${place.account}:${repository}`],
    detail: {
      event: 'referenceUpdated',
      repositoryName: repository,
      referenceType: 'branch',
      referenceName: branch,
      referenceFullName: `refs/heads/${branch}`,
      commitId: commit,
    },
  };
}
