import { type ActionContext, givenUser } from '@eks-gitops/action';
import { ActionError, type ErrorCode, toActionError } from '@eks-gitops/errors';
import { proxySettings } from '@eks-gitops/http';
import { parseReference } from '@eks-gitops/images';
import { openLogin } from '@eks-gitops/images/login';
import { openRegistry } from '@eks-gitops/images/registry';
import type { BumpInputs } from './inputs.ts';
import { formatImage, type TaggedImage, type Target } from './target.ts';

/** What stands between us and the registry, and says nothing of the image. */
const noAccess: readonly ErrorCode[] = [
  'ECR_LOGIN_FAILED',
  'REGISTRY_DENIED',
  'REGISTRY_UNREACHABLE',
  'CREDENTIAL_HELPER_FAILED',
  'DOCKER_CONFIG_INVALID',
];

/**
 * Asks the registry for the image of each target: its tag must be there, and name the digest that is known. Gives the targets with the
 * digests that the registry tells. With `verify-image: auto` a registry that cannot be asked is a notice.
 */
export async function verifyImages(
  targets: readonly Target[],
  inputs: BumpInputs,
  context: ActionContext,
): Promise<readonly Target[]> {
  if (inputs['verify-image'] === 'false') return targets;
  const known = new Map<string, Promise<TaggedImage>>();
  return Promise.all(
    targets.map(async ({ policy, image }) => {
      const name = formatImage(image);
      const verified = known.get(name) ?? verifyImage(image, inputs, context);
      known.set(name, verified);
      return { policy, image: await verified };
    }),
  );
}

async function verifyImage(image: TaggedImage, inputs: BumpInputs, context: ActionContext): Promise<TaggedImage> {
  try {
    return await askRegistry(image, inputs, context);
  } catch (thrown) {
    const error = toActionError(thrown);
    context.signal.throwIfAborted();
    if (inputs['verify-image'] === 'true' || !noAccess.includes(error.code)) throw error;
    context.log.notice(
      `The registry could not be asked for ${formatImage(image)}, so the image is not verified: ${error.message}`,
    );
    return image;
  }
}

async function askRegistry(image: TaggedImage, inputs: BumpInputs, context: ActionContext): Promise<TaggedImage> {
  const { env, signal, mask, log } = context;
  const reference = parseReference(`${image.name}:${image.tag}`);
  const { registry: host } = reference;
  const registry = openRegistry({
    credentials: openLogin({ mode: inputs.login, registry: host, user: givenUser(inputs), env, signal, mask }),
    signal,
    onNotice: notice => log.notice(notice),
    allowedRealms: inputs['token-hosts'],
    proxy: proxySettings(env),
    ...(inputs['verify-image'] === 'auto' ? { retryDelays: [500] } : {}),
  });
  try {
    const { digest } = await registry.getManifest(reference);
    if (image.digest !== undefined && image.digest !== digest) throw otherDigest(image, digest);
    return { ...image, digest };
  } finally {
    await registry.close();
  }
}

function otherDigest(image: TaggedImage, found: string): ActionError {
  return new ActionError({
    code: 'IMAGE_UNEXPECTED',
    message: `The registry holds another image under ${image.name}:${image.tag}.`,
    expected: image.digest,
    found,
    likely: 'the tag was moved after the record was written',
    remedy: 'publish the index again, or give the image that is meant',
  });
}
