import { type ActionContext, formatRecord, givenUser } from '@eks-gitops/action';
import {
  type AwsSession,
  describeVariables,
  type Followed,
  type IndexOutput,
  imageOfBuild,
  readBuild,
  readIndexOutput,
} from '@eks-gitops/codepipeline/follow';
import { ActionError, type ErrorCode, toActionError } from '@eks-gitops/errors';
import { proxySettings } from '@eks-gitops/http';
import { formatRepository, isDigest, parseRepository, type Repository } from '@eks-gitops/images';
import { openLogin } from '@eks-gitops/images/login';
import { describeHeld, formatTime, type Held, readHeld } from '@eks-gitops/images/manifest-index';
import { openRegistry } from '@eks-gitops/images/registry';
import type { PipelineInputs } from './inputs.ts';

/** The image that an execution has published; empty where nothing is known of it. */
export interface Published {
  readonly digest: string;
  readonly tag: string;
  readonly image: string;
  readonly record: string;
}

export interface PublishedQuestion {
  readonly followed: Followed;
  readonly session: AwsSession;
  readonly inputs: PipelineInputs;
  readonly context: ActionContext;
}

export const nothingPublished: Published = { digest: '', tag: '', image: '', record: '' };

/** What stands between us and the registry, and says nothing of the image. */
const noAccess: readonly ErrorCode[] = [
  'ECR_LOGIN_FAILED',
  'REGISTRY_DENIED',
  'REGISTRY_UNREACHABLE',
  'CREDENTIAL_HELPER_FAILED',
  'DOCKER_CONFIG_INVALID',
];

/**
 * Reads what the pipeline claims to have published, and the index itself from its registry. Throws PIPELINE_OUTPUT_MISSING for an action
 * that was named and tells no digest, IMAGE_UNEXPECTED where the registry holds another, and with `verify-image: true` as it does.
 */
export async function readPublished(question: PublishedQuestion): Promise<Published> {
  const { followed, inputs, context } = question;
  const names = { action: inputs['index-action'], digest: inputs['digest-variable'], tag: inputs['tag-variable'] };
  const output = readIndexOutput(followed.runs, names);
  if (output === undefined || !isDigest(output.digest)) {
    const found = output === undefined ? describeVariables(followed.runs) : `"${output.digest}", which is no digest`;
    if (Object.values(names).some(name => name !== undefined)) throw noOutput(names.action, found);
    context.log.notice(`The pipeline does not tell which image it has published: ${found}.`);
    return nothingPublished;
  }
  const { digest, tag } = output;
  const repository = inputs.image ?? (await repositoryOf(output, question));
  if (repository === undefined) {
    context.log.notice('The repository of the image is not known, so that the image is not verified. The input image names it.');
    return { ...nothingPublished, digest, tag };
  }
  const image = `${formatRepository(repository)}${tag === '' ? '' : `:${tag}`}@${digest}`;
  const record = inputs['verify-image'] === 'false' ? '' : await verify({ ...output, repository }, question);
  return { digest, tag, image, record };
}

/** The build that has published the index is given the image's name in its environment. */
async function repositoryOf({ run }: IndexOutput, { session, context }: PublishedQuestion): Promise<Repository | undefined> {
  if (run.provider !== 'CodeBuild' || run.externalId === undefined) return undefined;
  try {
    const build = await readBuild(run.externalId, { session, signal: context.signal });
    const name = build && imageOfBuild(build);
    return name === undefined ? undefined : parseRepository(name);
  } catch (thrown) {
    context.signal.throwIfAborted();
    context.log.notice(toActionError(thrown).message);
    return undefined;
  }
}

interface Claim extends IndexOutput {
  readonly repository: Repository;
}

/** The release record; empty where the registry cannot be asked, or does not know commit and platforms. */
async function verify(claim: Claim, { followed, inputs, context }: PublishedQuestion): Promise<string> {
  try {
    return recordOf(claim, await readIndex(claim, inputs, context), { followed, context });
  } catch (thrown) {
    const error = toActionError(thrown);
    context.signal.throwIfAborted();
    if (inputs['verify-image'] === 'true' || !noAccess.includes(error.code)) throw error;
    context.log.notice(`The registry could not be asked for the image, so it is not verified: ${error.message}`);
    return '';
  }
}

async function readIndex({ repository, tag, digest }: Claim, inputs: PipelineInputs, context: ActionContext): Promise<Held> {
  const { env, signal, mask, log } = context;
  const registry = openRegistry({
    credentials: openLogin({ mode: inputs.login, registry: repository.registry, user: givenUser(inputs), env, signal, mask }),
    signal,
    onNotice: notice => log.notice(notice),
    allowedRealms: inputs['token-hosts'],
    proxy: proxySettings(env),
    ...(inputs['verify-image'] === 'auto' ? { retryDelays: [500] } : {}),
  });
  try {
    const reference = tag === '' && isDigest(digest) ? { ...repository, digest } : { ...repository, tag };
    return readHeld(await registry.getManifest(reference));
  } finally {
    await registry.close();
  }
}

type Told = Pick<PublishedQuestion, 'followed' | 'context'>;

function recordOf({ repository, digest, tag }: Claim, held: Held, { followed, context }: Told): string {
  const name = `${formatRepository(repository)}${tag === '' ? '' : `:${tag}`}`;
  const { commits } = followed.execution;
  if (held.kind === 'nothing' || held.content.digest !== digest) {
    throw unexpected(name, digest, describeHeld(held), 'the tag was moved after the execution had ended');
  }
  if (held.commit !== undefined && commits.length > 0 && !commits.includes(held.commit.revision)) {
    throw unexpected(
      name,
      `commit ${commits.join(', ')}`,
      describeHeld(held),
      'the action tells of another image than the one that was built',
    );
  }
  context.log.info(`${name} is ${describeHeld(held)}.`);
  if (held.kind !== 'index' || held.commit === undefined || tag === '') {
    context.log.notice(`There is no release record: ${name} is no tagged index that names its commit.`);
    return '';
  }
  const { revision, time } = held.commit;
  const index = { digest, tag, platforms: [...held.platforms] };
  return formatRecord({
    schema: 1,
    image: formatRepository(repository),
    revision,
    commitTime: formatTime(time),
    builds: [],
    index,
  });
}

function noOutput(action: string | undefined, found: string): ActionError {
  return new ActionError({
    code: 'PIPELINE_OUTPUT_MISSING',
    message: `The execution tells no digest${action === undefined ? '' : ` by ${action}`}.`,
    expected: 'an action with a namespace, and an exported variable that holds the digest',
    found,
    remedy: 'name them by index-action, digest-variable and tag-variable',
  });
}

function unexpected(name: string, expected: string, found: string, likely: string): ActionError {
  return new ActionError({
    code: 'IMAGE_UNEXPECTED',
    message: `The registry holds another image under ${name} than the pipeline tells.`,
    expected,
    found,
    likely,
  });
}
