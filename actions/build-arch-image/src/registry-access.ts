import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type ActionContext, givenUser } from '@eks-gitops/action';
import { ActionError } from '@eks-gitops/errors';
import { proxySettings } from '@eks-gitops/http';
import type { Repository } from '@eks-gitops/images';
import { ensureRepository } from '@eks-gitops/images/ecr';
import { makePrivateConfig, openLogin, parseEcrHost } from '@eks-gitops/images/login';
import { openRegistry, type Registry } from '@eks-gitops/images/registry';
import type { BuildInputs } from './inputs.ts';

export interface AccessRequest {
  readonly inputs: BuildInputs;
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
 * Makes the repository where that is asked for, logs in, and finds out before the build what would fail after it: that the registry takes the credentials, and that Amazon ECR has the
 * repository. Throws INPUT_MISSING and what login and registry throw.
 */
export async function openAccess(request: AccessRequest): Promise<Access> {
  const { inputs, folder, context } = request;
  const { image: repository, login: mode, 'role-to-assume': roleToAssume } = inputs;
  const { env, signal, mask, log } = context;
  const host = repository.registry;
  const onNotice = (notice: string) => log.notice(notice);
  if (inputs['create-repository']) {
    const settings = {
      movingTags: inputs['moving-tags'],
      stagingImageDays: inputs['staging-image-days'],
      kmsKey: inputs['kms-key'],
    };
    await ensureRepository({ repository, settings, roleToAssume, now: context.now(), signal, mask, onNotice });
  }
  const credentials = openLogin({ mode, registry: host, user: givenUser(inputs), roleToAssume, env, signal, mask });
  const registry = openRegistry({
    credentials,
    signal,
    onNotice,
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
      remedy: `give create-repository: true, or create it: aws ecr create-repository --region ${ecr.region} --repository-name ${repository.path}`,
    });
  }
}
