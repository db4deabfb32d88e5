import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { CodeCommit } from '../git/codecommit.ts';
import { parseBuildspec } from './buildspec.ts';
import type { PipelineAction, Project } from './definition.ts';
import { type FinishedBuild, runBuild } from './run-build.ts';
import { type Artifact, cloneSource, readSource } from './source.ts';
import type { StackPlace } from './template.ts';
import type { SourceRevisions } from './trigger.ts';
import { fillVariables, type Variables } from './variables.ts';

/** How one run of an action ended; times are milliseconds of `performance.now()`. */
export interface ActionRun {
  readonly name: string;
  readonly status: 'Succeeded' | 'Failed';
  readonly startedAt: number;
  readonly endedAt: number;
  readonly outputVariables: Readonly<Record<string, string>>;
  readonly artifact: Artifact | undefined;
  /** What the action says where it failed. */
  readonly summary?: string;
  readonly project?: Project;
  readonly build?: FinishedBuild;
}

export interface ActionRequest {
  readonly action: PipelineAction;
  readonly pipeline: string;
  readonly projects: ReadonlyMap<string, Project>;
  readonly place: StackPlace;
  readonly codecommit: CodeCommit;
  readonly artifacts: ReadonlyMap<string, Artifact>;
  readonly variables: Variables;
  readonly revisions: SourceRevisions;
  /** Private, and empty. */
  readonly folder: string;
  /** What the build's image brings, and what its role lets it do. */
  readonly environment: (project: Project) => Readonly<Record<string, string>>;
  readonly count: number;
}

/** Longest value of an output variable: a longer one fails the action (https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html). */
const longestVariable = 1_000;

const configuration = z.object({
  ProjectName: z.string(),
  PrimarySource: z.string().optional(),
  EnvironmentVariables: z
    .string()
    .transform(text =>
      z.array(z.object({ name: z.string(), value: z.string(), type: z.literal('PLAINTEXT') })).parse(JSON.parse(text)),
    )
    .optional(),
});

/** Runs an action as CodePipeline does; what fails is told in the run. */
export async function runAction(request: ActionRequest): Promise<ActionRun> {
  const { action } = request;
  const startedAt = performance.now();
  const ran = await perform(request).catch((error: unknown) => ({ summary: String(error) }));
  const none = { outputVariables: {}, artifact: undefined };
  const status = 'summary' in ran && ran.summary !== undefined ? ('Failed' as const) : ('Succeeded' as const);
  return { ...none, ...ran, name: action.Name, status, startedAt, endedAt: performance.now() };
}

type Performance = Partial<Omit<ActionRun, 'name' | 'status' | 'startedAt' | 'endedAt'>>;

async function perform(request: ActionRequest): Promise<Performance> {
  const { action, codecommit, revisions } = request;
  const { Category, Provider } = action.ActionTypeId;
  if (Category === 'Source') {
    const { artifact, variables } = await readSource({ action, codecommit, revision: revisions.get(action.Name) });
    return { artifact, outputVariables: variables };
  }
  if (Provider !== 'CodeBuild') throw new Error(`An action of ${Provider} cannot be simulated.`);
  return performBuild(request);
}

/**
 * The environment is that of https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html; the variables of the action
 * win over those of the project, and these over the buildspec's
 * (https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html).
 */
async function performBuild(request: ActionRequest): Promise<Performance> {
  const { action, projects, variables, folder, environment } = request;
  const given = configuration.parse(action.Configuration);
  const project = projects.get(given.ProjectName);
  if (project === undefined) throw new Error(`There is no project ${given.ProjectName}.`);
  const handed = (given.EnvironmentVariables ?? []).map(({ name, value }) => [name, fillVariables(value, variables)] as const);
  const sources = await placeSources({ ...request, primary: given.PrimarySource ?? action.InputArtifacts[0]?.Name });
  const env = {
    ...environment(project),
    ...buildVariables(request, { project, commit: sources.commit }),
    ...Object.fromEntries(sources.secondary.map(([name, path]) => [`CODEBUILD_SRC_DIR_${name}`, path])),
    ...Object.fromEntries(project.Environment.EnvironmentVariables.map(({ Name, Value }) => [Name, Value])),
    ...Object.fromEntries(handed),
  };
  const buildspec = parseBuildspec(project.Source.BuildSpec);
  const build = await runBuild({ buildspec, folder, source: sources.primary, env, timeoutMinutes: project.TimeoutInMinutes });
  const tooLong = Object.entries(build.exported).find(([, value]) => value.length > longestVariable);
  const summary = build.phases.find(({ status }) => status !== 'SUCCEEDED')?.context ?? (tooLong && `${tooLong[0]} is too long.`);
  return {
    project,
    build,
    outputVariables: summary === undefined ? build.exported : {},
    artifact: build.artifact === undefined ? undefined : { kind: 'files', folder: build.artifact },
    ...(summary === undefined ? {} : { summary }),
  };
}

interface PlacedSources {
  readonly primary: string;
  readonly secondary: readonly (readonly [string, string])[];
  readonly commit: string | undefined;
}

async function placeSources({
  action,
  artifacts,
  codecommit,
  folder,
  primary,
}: ActionRequest & { primary: string | undefined }): Promise<PlacedSources> {
  const paths = new Map<string, string>();
  let commit: string | undefined;
  for (const [index, { Name }] of action.InputArtifacts.entries()) {
    const artifact = artifacts.get(Name);
    if (artifact === undefined) throw new Error(`There is no artifact ${Name}.`);
    const path = join(folder, `src${index}`, 'src');
    await mkdir(path, { recursive: true });
    if (artifact.kind === 'clone') {
      await cloneSource({ ...artifact, folder: path, codecommit });
      if (Name === primary) commit = artifact.commit;
    } else await cp(artifact.folder, path, { recursive: true });
    paths.set(Name, path);
  }
  const first = paths.get(primary ?? '');
  if (first === undefined) throw new Error(`The primary source ${primary} is not among the input artifacts.`);
  return { primary: first, secondary: [...paths].filter(([name]) => name !== primary), commit };
}

interface BuildFacts {
  readonly project: Project;
  readonly commit: string | undefined;
}

function buildVariables(
  { pipeline, place, folder, count }: ActionRequest,
  { project, commit }: BuildFacts,
): Record<string, string> {
  const id = `${project.Name}:${globalThis.crypto.randomUUID()}`;
  return {
    AWS_REGION: place.region,
    AWS_DEFAULT_REGION: place.region,
    CODEBUILD_BUILD_ID: id,
    CODEBUILD_BUILD_ARN: `arn:aws:codebuild:${place.region}:${place.account}:build/${id}`,
    CODEBUILD_BUILD_IMAGE: project.Environment.Image,
    CODEBUILD_BUILD_NUMBER: String(count),
    CODEBUILD_INITIATOR: `codepipeline/${pipeline}`,
    CODEBUILD_KMS_KEY_ID: `arn:aws:kms:${place.region}:${place.account}:alias/aws/s3`,
    CODEBUILD_LOG_PATH: id.split(':')[1] ?? '',
    CODEBUILD_SOURCE_VERSION: commit ?? 'arn:aws:s3:::artifacts/simulated',
    CODEBUILD_START_TIME: String(Date.now()),
    CODEBUILD_CI: 'true',
    HOME: join(folder, 'home'),
    ...(commit === undefined ? {} : { CODEBUILD_RESOLVED_SOURCE_VERSION: commit }),
  };
}
