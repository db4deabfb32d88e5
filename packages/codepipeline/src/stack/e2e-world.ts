import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Buildkit,
  type CodeCommit,
  type Ecr,
  type Execution,
  type FinishedBuild,
  type NpmRegistry,
  parseBuildspec,
  requireTool,
  runBuild,
  type SimulatedPipeline,
  simulatePipeline,
  startBuildkit,
  startCodeCommit,
  startEcr,
  startNpmRegistry,
} from '@eks-gitops/testbed';
import { execa } from 'execa';
import { buildspecs } from './buildspecs.ts';
import { machineEnvironment, npmPackage, packCommand, place, roleCredentials } from './e2e-machine.ts';
import { changeEvent, createSource, pushChange } from './e2e-source.ts';
import { labOptions } from './option-sets.ts';
import { pipelineTemplate } from './template.ts';

export const imageRepository = 'shop/ui';

const toolInBucket = 's3://tools/eks-gitops-actions.tgz';

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
  /** Runs the buildspec of an index outside a pipeline, with these variables. */
  readonly runIndexAlone: (variables: Readonly<Record<string, string>>) => Promise<FinishedBuild>;
  readonly stop: () => Promise<void>;
}

export async function makePipelineWorld(): Promise<PipelineWorld> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'codepipeline-')));
  const [ecr, codecommit, tarball] = await Promise.all([
    startEcr({ immutable: [/^latest$/, /^cache-/] }),
    startCodeCommit(),
    packCommand(),
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
  const [pipeline, withToolInBucket] = await Promise.all([simulate(npmPackage), simulate(toolInBucket)]);
  const checkout = join(folder, 'checkout');
  const push: PipelineWorld['push'] = async ({ files, branch = 'main', heardBy }) => {
    const commit = await pushChange({ codecommit, checkout, files, branch });
    return { commit, execution: await heardBy.deliver(changeEvent({ commit, branch, place })) };
  };
  const runIndexAlone: PipelineWorld['runIndexAlone'] = async variables => {
    const own = join(folder, 'alone');
    const source = join(own, 'src');
    await mkdir(source, { recursive: true });
    const env = { ...environment, ...roleCredentials('alone'), HOME: own, TOOL_PACKAGE: npmPackage, ...variables };
    return runBuild({ buildspec: parseBuildspec(buildspecs({}).index), folder: own, source, env, timeoutMinutes: 5 });
  };
  const stop = async (): Promise<void> => {
    await Promise.all([pipeline.stop(), withToolInBucket.stop()]);
    await Promise.all([ecr.stop(), codecommit.stop(), npm.stop(), buildkit.stop()]);
    await rm(folder, { recursive: true, force: true });
  };
  return { pipeline, withToolInBucket, withoutRole, ecr, codecommit, push, runIndexAlone, stop };
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
  return { ...env, ...machineEnvironment({ ecr, npm, programs }) };
}
