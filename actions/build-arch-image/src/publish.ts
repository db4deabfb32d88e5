import type { ActionContext } from '@eks-gitops/action';
import { ActionError } from '@eks-gitops/errors';
import { formatReference } from '@eks-gitops/images';
import {
  type BuildMetadata,
  findStagedImage,
  type PushedImage,
  readPushedImage,
  stageImage,
  verifyPushedImage,
} from '@eks-gitops/images/buildx';
import type { BuildInputs } from './inputs.ts';
import type { Access } from './registry-access.ts';
import type { BuildPlan } from './request.ts';

interface Staging {
  readonly plan: BuildPlan;
  readonly context: ActionContext;
  readonly access: Access;
}

/** Puts this attempt's staging tag on what an earlier one has staged: the index job takes the newest attempt's. */
export async function reuse(inputs: BuildInputs, { plan, context, access }: Staging): Promise<PushedImage | undefined> {
  const { expected, reusableTags: tags } = plan;
  const staged = await findStagedImage(access.registry, { repository: inputs.image, tags, expected });
  if (staged === undefined) return undefined;
  context.log.notice(`Nothing is built: ${staged.tag} holds this build already.`);
  return staged.tag === plan.stagingTag ? staged.image : stage(inputs, staged.image, { plan, context, access });
}

interface Publication extends Staging {
  readonly metadata: BuildMetadata;
}

/** Reads back what buildx says it pushed, and puts the staging tag on it. Throws IMAGE_UNEXPECTED, TAG_CONFLICT. */
export async function publish(inputs: BuildInputs, { plan, context, access, metadata }: Publication): Promise<PushedImage> {
  if (metadata.digest === undefined) throw noDigest(metadata);
  const reference = { ...inputs.image, digest: metadata.digest };
  const pushed = await readPushedImage(access.registry, reference);
  verifyPushedImage(pushed, plan.expected, formatReference(reference));
  return plan.stagingTag === '' ? pushed : stage(inputs, pushed, { plan, context, access });
}

function stage(inputs: BuildInputs, image: PushedImage, { plan, context, access }: Staging): Promise<PushedImage> {
  const { expected, stagingTag: tag } = plan;
  const onNotice = (notice: string) => context.log.notice(notice);
  return stageImage(access.registry, { repository: inputs.image, tag, image, expected, onNotice });
}

function noDigest({ json }: BuildMetadata): ActionError {
  return new ActionError({
    code: 'IMAGE_UNEXPECTED',
    message: 'buildx did not say the digest of what it pushed.',
    expected: 'containerimage.digest in its metadata',
    found: json.slice(0, 500),
    remedy: 'update docker buildx and BuildKit',
  });
}
