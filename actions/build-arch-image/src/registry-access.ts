import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type ActionContext, givenUser } from '@eks-gitops/action';
import { ActionError } from '@eks-gitops/errors';
import { proxySettings } from '@eks-gitops/http';
import type { Repository } from '@eks-gitops/images';
import { type LoginMode, makePrivateConfig, openLogin, parseEcrHost } from '@eks-gitops/images/login';
import { openRegistry, type Registry } from '@eks-gitops/images/registry';

export interface AccessRequest {
  readonly repository: Repository;
  readonly login: LoginMode;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** A private folder, for the docker configuration that carries the credentials. */
  readonly folder: string;
  readonly context: ActionContext;
}

/** The way to the image's repository, for us and for buildx. */
export interface Access {
  readonly registry: Registry;
  /** With a docker configuration that carries the credentials. */
  readonly env: ActionContext['env'];
  /** Gets fresh credentials into that configuration; false when there are none fresher. */
  readonly renewLogin: () => Promise<boolean>;
}

/**
 * Logs in, and finds out before the build what would fail after it: that the registry takes the credentials, and that Amazon ECR has the
 * repository. Throws INPUT_MISSING and what login and registry throw.
 */
export async function openAccess(request: AccessRequest): Promise<Access> {
  const { repository, login: mode, folder, context } = request;
  const { env, signal, mask, log } = context;
  const host = repository.registry;
  const credentials = openLogin({ mode, registry: host, user: givenUser(request), env, signal, mask });
  const registry = openRegistry({
    credentials,
    signal,
    onNotice: notice => log.notice(notice),
    writes: [repository],
    proxy: proxySettings(env),
  });
  await probe(registry, repository);
  const carry = async (renew: boolean) => {
    const found = await credentials(host, { renew });
    return {
      found,
      carried: await makePrivateConfig({ env, folder: join(folder, 'docker'), registry: host, credentials: found }),
    };
  };
  let last = await carry(false);
  const renewLogin = async (): Promise<boolean> => {
    const before = last.found;
    last = await carry(true);
    return !isDeepStrictEqual(before, last.found);
  };
  return { registry, env: { ...env, ...last.carried }, renewLogin };
}

async function probe(registry: Registry, repository: Repository): Promise<void> {
  try {
    await registry.getManifest({ ...repository, tag: 'latest' });
  } catch (thrown) {
    if (!(thrown instanceof ActionError) || thrown.code !== 'REGISTRY_NOT_FOUND') throw thrown;
    const ecr = parseEcrHost(repository.registry);
    if (ecr === undefined || !/NAME_UNKNOWN|RepositoryNotFound/.test(thrown.failure.detail ?? '')) return;
    throw new ActionError({
      ...thrown.failure,
      message: `The repository ${repository.path} does not exist in ${repository.registry}.`,
      likely: 'Amazon ECR makes no repository by itself, or the name is misspelt',
      remedy: `create it: aws ecr create-repository --region ${ecr.region} --repository-name ${repository.path}`,
    });
  }
}
