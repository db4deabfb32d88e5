import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type ActionContext, formatRecord } from '@eks-gitops/action';
import { ActionError } from '@eks-gitops/errors';
import { readWorkTree } from '@eks-gitops/gitops';
import { formatPlatform, formatReference, formatRepository } from '@eks-gitops/images';
import {
  type BuildMetadata,
  type BuildxTool,
  buildImage,
  emulationWarning,
  findBuildx,
  isEmulated,
  type OpenBuilder,
  openBuilder,
  type ProgressLine,
  type PushedImage,
} from '@eks-gitops/images/buildx';
import { readDefaultBranch } from './default-branch.ts';
import type { BuildInputs } from './inputs.ts';
import { publish, reuse } from './publish.ts';
import { type Access, openAccess } from './registry-access.ts';
import { type BuildPlan, planBuild } from './request.ts';

interface Outputs {
  readonly digest: string;
  readonly 'staging-tag': string;
  readonly platform: string;
  readonly image: string;
  readonly metadata: string;
  readonly record: string;
}

/**
 * Builds, pushes by digest, reads back what the registry holds, and only then puts the staging tag on it. With `reuse: run` an image that
 * this run has staged already takes the place of the build.
 */
export async function build(inputs: BuildInputs, context: ActionContext): Promise<Outputs> {
  const plan = await preparePlan(inputs, context);
  for (const notice of plan.notices) context.log.notice(notice);
  await hideSecrets(inputs, context);
  const { path: folder, undoLater } = await context.privateFolder();
  const [access, tool] = await Promise.all([
    inputs.push ? openAccess({ inputs, folder, context }) : undefined,
    findBuildx({ env: context.env, folder: context.workspace, signal: context.signal }),
  ]);
  const reused = access && (await reuse(inputs, { plan, context, access }));
  if (reused !== undefined) return { ...outputsOf(inputs, plan, reused), metadata: '' };
  const place = { folder, undoLater, tool, env: access?.env ?? context.env };
  const metadata = await buildOn(inputs, { plan, context, place, access });
  const platform = formatPlatform(inputs.platform);
  if (access === undefined) {
    context.log.info(`Built for ${platform}; nothing was pushed.`);
    return { digest: '', 'staging-tag': '', platform, image: '', metadata: metadata.json, record: '' };
  }
  const image = await publish(inputs, { plan, context, access, metadata });
  return { ...outputsOf(inputs, plan, image), metadata: metadata.json };
}

async function preparePlan(inputs: BuildInputs, context: ActionContext): Promise<BuildPlan> {
  const { workspace, env, facts, signal, now } = context;
  const folder = resolve(workspace, inputs.context);
  if (!(await stat(folder).catch(() => undefined))?.isDirectory()) throw noContext(inputs.context, folder);
  const files = inputs.file === undefined ? [] : [resolve(workspace, inputs.file)];
  const workTree = await readWorkTree({ folder, files, trusted: [resolve(workspace), folder], env, signal });
  const dockerfile = await readFile(files[0] ?? join(folder, 'Dockerfile'), 'utf8').catch(() => '');
  const defaultBranch = inputs['default-branch'] ?? (await readDefaultBranch(context));
  return planBuild(inputs, { workspace, workTree, dockerfile, facts, defaultBranch, env, now: now() });
}

/** A secret in a file over this, a trust store for example, is no text that a step prints. */
const longestSecretFile = 64 * 1024;

async function hideSecrets(inputs: BuildInputs, { env, workspace, mask }: ActionContext): Promise<void> {
  for (const { value } of inputs.secrets) mask(value);
  for (const { value } of inputs['secret-envs']) if (env[value]) mask(env[value]);
  for (const { value } of inputs['secret-files']) {
    // One that cannot be read fails the build, in buildx's words.
    const content = await readFile(resolve(workspace, value)).catch(() => Buffer.of());
    if (content.length <= longestSecretFile) mask(content.toString('utf8'));
  }
}

interface Place {
  readonly folder: string;
  readonly undoLater: Awaited<ReturnType<ActionContext['privateFolder']>>['undoLater'];
  readonly tool: BuildxTool;
  readonly env: ActionContext['env'];
}

interface BuildWork {
  readonly plan: BuildPlan;
  readonly context: ActionContext;
  readonly place: Place;
  readonly access: Access | undefined;
}

async function buildOn(inputs: BuildInputs, { plan, context, place, access }: BuildWork): Promise<BuildMetadata> {
  const { log, signal, workspace } = context;
  const call = { tool: place.tool, env: place.env, folder: workspace, signal };
  const builder = await openBuilder({
    ...call,
    choice: inputs.builder ?? { kind: 'current' },
    platform: inputs.platform,
    destination: plan.request.destination,
    buildkitImage: inputs['buildkit-image'],
    privateFolder: place.folder,
    undoLater: place.undoLater,
  });
  announceBuilder(builder, inputs, context);
  const target = `${formatRepository(inputs.image)} for ${formatPlatform(inputs.platform)}, commit ${plan.commit.revision.slice(0, 8)}`;
  return log.group(`Building ${target}`, () =>
    buildImage(plan.request, {
      ...call,
      env: builder.env,
      builder: builder.name,
      metadataFile: join(place.folder, 'metadata.json'),
      onProgress: line => say(line, context),
      onNotice: notice => log.notice(notice),
      renewLogin: access?.renewLogin ?? (async () => false),
    }),
  );
}

function announceBuilder({ made, state }: OpenBuilder, { platform }: BuildInputs, { log }: ActionContext): void {
  if (made === 'container')
    log.info("docker's own builder cannot push by digest: a BuildKit container builds, and is removed at the end.");
  if (isEmulated(state, platform)) log.warning(emulationWarning(state, platform));
}

function say({ kind, text }: ProgressLine, { log }: ActionContext): void {
  const speak = { step: log.info, detail: log.debug, warning: log.warning }[kind];
  speak(text);
}

function outputsOf(
  inputs: BuildInputs,
  { commit, expected, stagingTag }: BuildPlan,
  { digest }: PushedImage,
): Omit<Outputs, 'metadata'> {
  const platform = formatPlatform(inputs.platform);
  const record = formatRecord({
    schema: 1,
    image: formatRepository(inputs.image),
    revision: commit.revision,
    commitTime: expected.commitTime,
    builds: [{ platform, digest, stagingTag }],
  });
  return { digest, 'staging-tag': stagingTag, platform, image: formatReference({ ...inputs.image, digest }), record };
}

function noContext(context: string, folder: string): ActionError {
  const remote = /^[a-z+]+:\/\/|^git@/.test(context);
  return new ActionError({
    code: 'INPUT_INVALID',
    message: `The input context is not a folder: ${JSON.stringify(context)}.`,
    expected: 'a folder with the files to build from',
    found: remote ? 'an address' : `nothing at ${folder}`,
    likely: remote ? undefined : 'the repository is not checked out, or the path does not start from its root',
    remedy: 'check out the repository before this step (actions/checkout) and give the folder in it',
  });
}
