import type { ECRClient, Repository as EcrRepository } from '@aws-sdk/client-ecr';
import { ActionError, awsErrorName } from '@eks-gitops/errors';
import { formatRepository, type Repository } from '../reference.ts';
import { callLimit, type EcrAccess, openEcrClient } from './client.ts';
import { explainAwsError } from './failure.ts';
import { type EcrHost, parseEcrHost, repositoryArn } from './host.ts';
import { differencesOf } from './repository-differences.ts';
import { createRequest, lifecyclePolicy, type RepositorySettings } from './repository-settings.ts';

export interface EnsureRequest extends Omit<EcrAccess, 'host'> {
  readonly repository: Repository;
  readonly settings: RepositorySettings;
  readonly now: Date;
  /** Called when the repository was made, and when one that exists is not as it would have been made. */
  readonly onNotice: (notice: string) => void;
}

/**
 * Makes a repository in Amazon ECR unless it exists; one that exists is left alone. Builds that do so at once are safe: one makes it.
 * Throws INPUT_INVALID for another registry, REGISTRY_NOT_FOUND where only another account can make it, and AWS_DENIED and the like.
 */
export async function ensureRepository(request: EnsureRequest): Promise<void> {
  const { repository } = request;
  const host = parseEcrHost(repository.registry);
  if (host === undefined) throw notEcr(repository);
  const client = await openEcrClient({ ...request, host });
  const place = { ...request, client, host };
  try {
    const found = await describe(place);
    if (found !== undefined) return await compare(place, found);
    await checkAccount(place);
    await create(place);
  } finally {
    client.destroy();
  }
}

interface Place extends EnsureRequest {
  readonly client: ECRClient;
  readonly host: EcrHost;
}

async function describe(place: Place): Promise<EcrRepository | undefined> {
  const { DescribeRepositoriesCommand } = await import('@aws-sdk/client-ecr');
  const command = new DescribeRepositoriesCommand({
    registryId: place.host.account,
    repositoryNames: [place.repository.path],
  });
  const answer = await call(place, 'ecr:DescribeRepositories', options => place.client.send(command, options), {
    unless: 'RepositoryNotFoundException',
  });
  return answer?.repositories?.[0];
}

async function compare(place: Place, found: EcrRepository): Promise<void> {
  const differences = differencesOf({ repository: found, lifecycle: await readLifecycle(place) }, place);
  if (differences.length === 0) return;
  const name = formatRepository(place.repository);
  place.onNotice(
    `The repository ${name} exists and is left as it is; create-repository would have made it otherwise: ${differences.join('; ')}.`,
  );
}

async function readLifecycle(place: Place): Promise<string | undefined> {
  const { GetLifecyclePolicyCommand } = await import('@aws-sdk/client-ecr');
  const command = new GetLifecyclePolicyCommand({ registryId: place.host.account, repositoryName: place.repository.path });
  const answer = await call(place, 'ecr:GetLifecyclePolicy', options => place.client.send(command, options), {
    unless: 'LifecyclePolicyNotFoundException',
  });
  return answer?.lifecyclePolicyText;
}

/**
 * CreateRepository takes no account: it makes a repository in the caller's own. Which that is, the address of the token says, for which
 * every login has the right.
 */
async function checkAccount(place: Place): Promise<void> {
  const { GetAuthorizationTokenCommand } = await import('@aws-sdk/client-ecr');
  const command = new GetAuthorizationTokenCommand({});
  const answer = await call(place, 'ecr:GetAuthorizationToken', options => place.client.send(command, options));
  const { authorizationToken, proxyEndpoint = '' } = answer?.authorizationData?.[0] ?? {};
  if (authorizationToken !== undefined) place.mask(authorizationToken);
  const own = /^https:\/\/(\d{12})\./.exec(proxyEndpoint)?.[1];
  if (own !== undefined && own !== place.host.account) throw foreign(place, own);
}

/** When another build was quicker, that one also gives the lifecycle policy. */
async function create(place: Place): Promise<void> {
  const { CreateRepositoryCommand, PutLifecyclePolicyCommand } = await import('@aws-sdk/client-ecr');
  const { client, settings, repository } = place;
  const making = new CreateRepositoryCommand(createRequest(repository.path, settings));
  const made = await call(place, 'ecr:CreateRepository', options => client.send(making, options), {
    unless: 'RepositoryAlreadyExistsException',
  });
  if (made === undefined) return;
  const policy = new PutLifecyclePolicyCommand({
    repositoryName: repository.path,
    lifecyclePolicyText: JSON.stringify(lifecyclePolicy(settings.stagingImageDays)),
  });
  await call(place, 'ecr:PutLifecyclePolicy', options => client.send(policy, options));
  place.onNotice(`The repository ${formatRepository(repository)} was made in Amazon ECR.`);
}

/** Sends one call; undefined where AWS answers with the error `unless`. */
async function call<Answer>(
  { repository, host, signal }: Place,
  right: string,
  send: (options: { readonly abortSignal: AbortSignal }) => Promise<Answer>,
  { unless = '' }: { readonly unless?: string } = {},
): Promise<Answer | undefined> {
  try {
    return await send({ abortSignal: AbortSignal.any([signal, AbortSignal.timeout(callLimit)]) });
  } catch (thrown) {
    signal.throwIfAborted();
    if (awsErrorName(thrown) === unless) return undefined;
    const resource = right === 'ecr:GetAuthorizationToken' ? '*' : repositoryArn(host, repository.path);
    throw new ActionError({
      ...explainAwsError(thrown, { region: host.region, right, resource }),
      message: `Could not make sure that the repository ${repository.path} exists in ${repository.registry}: ${right} failed.`,
      cause: thrown,
    });
  }
}

function foreign({ repository, host }: Place, own: string): ActionError {
  return new ActionError({
    code: 'REGISTRY_NOT_FOUND',
    message: `The repository ${repository.path} does not exist in ${repository.registry}, and cannot be made from here.`,
    expected: `credentials of the account ${host.account}, because Amazon ECR makes repositories in the caller's account only`,
    found: `credentials of the account ${own}`,
    remedy: `give role-to-assume with a role of the account ${host.account}, or create the repository there`,
  });
}

function notEcr({ registry }: Repository): ActionError {
  return new ActionError({
    code: 'INPUT_INVALID',
    message: `${registry} is not a private Amazon ECR registry, so no repository can be made there.`,
    expected: '<account>.dkr.ecr.<region>.amazonaws.com, or its FIPS, dual-stack or China form',
    found: registry,
    remedy: 'check the image name, or leave create-repository out',
  });
}
