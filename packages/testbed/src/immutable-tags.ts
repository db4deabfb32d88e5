import { request } from 'node:http';
import type { Answer, IncomingRequest, RequestHook } from './proxy.ts';

const manifestPath = /^\/v2\/(?<repository>.+)\/manifests\/(?<tag>[A-Za-z0-9_][A-Za-z0-9._-]*)$/;

export interface ImmutableTagsOptions {
  readonly target: string;
  /** Tags that may be moved all the same (ECR's IMMUTABLE_WITH_EXCLUSION). */
  readonly excluded: readonly RegExp[];
}

/**
 * Refuses to put a tag that exists, as an Amazon ECR repository with immutable tags does, also for the same manifest.
 * Sources: ECR API reference, PutImage, "ImageTagAlreadyExistsException" and ImageTagMutabilityExclusionFilter
 * (https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html); the words over the registry protocol,
 * `tag invalid: The image tag … already exists …`, as quoted in moby/buildkit issue 3776.
 */
export function refuseExistingTags({ target, excluded }: ImmutableTagsOptions): RequestHook {
  const puts = new Map<string, Promise<unknown>>();
  return async (incoming, forward) => {
    const { repository, tag } = manifestPath.exec(incoming.path)?.groups ?? {};
    const mayMove = incoming.method !== 'PUT' || !repository || !tag || excluded.some(form => form.test(tag));
    if (mayMove) return undefined;
    const decide = async (): Promise<Answer | undefined> => {
      if (await exists({ target, incoming })) return refusal({ repository, tag });
      await forward();
      return undefined;
    };
    const key = `${repository}:${tag}`;
    const decision = (puts.get(key) ?? Promise.resolve()).then(decide, decide);
    puts.set(key, decision);
    return decision;
  };
}

const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

function exists({ target, incoming }: { target: string; incoming: IncomingRequest }): Promise<boolean> {
  const { authorization, host } = incoming.headers;
  const headers = { accept: manifestTypes.join(', '), ...(host ? { host } : {}), ...(authorization ? { authorization } : {}) };
  return new Promise((resolve, reject) => {
    request(new URL(incoming.path, target), { method: 'HEAD', headers, agent: false })
      .once('response', response => {
        response.resume();
        resolve(response.statusCode === 200);
      })
      .once('error', reject)
      .end();
  });
}

function refusal({ repository, tag }: { repository: string; tag: string }): Answer {
  const message = `The image tag '${tag}' already exists in the '${repository}' repository and cannot be overwritten because the tag is immutable.`;
  return {
    kind: 'answer',
    status: 400,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ errors: [{ code: 'TAG_INVALID', message }] }),
  };
}
