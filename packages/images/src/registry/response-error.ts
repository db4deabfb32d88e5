import { ActionError, type ErrorCode } from '@eks-gitops/errors';
import { tryJson } from '@eks-gitops/http';
import { z } from 'zod';
import { explainDenial, parseDenial } from '../ecr/denial.ts';

/** What was asked of a registry, in words that fit into a message. */
export interface Request {
  readonly registry: string;
  /** For example `read registry.example.com/shop/ui:latest`. */
  readonly purpose: string;
  /** Whether the request sets a tag, so that a refusal can mean that tags are immutable. */
  readonly tagging?: boolean;
}

export interface Refusal {
  readonly status: number;
  /** The answer's body as text, cut to a sensible length. */
  readonly body: string;
}

const errorBody = z.object({ errors: z.array(z.object({ code: z.string().optional(), message: z.string().optional() })) });

/** The error codes and messages of a registry's error body (OCI distribution specification, "Error Codes"), none if it is not one. */
export function parseErrorBody(body: string): { codes: string[]; messages: string[] } {
  const parsed = errorBody.safeParse(tryJson(body));
  const errors = parsed.success ? parsed.data.errors : [];
  return { codes: errors.flatMap(error => error.code ?? []), messages: errors.flatMap(error => error.message ?? []) };
}

/** Amazon ECR answers 403 when a token has expired, where others answer 401. */
export function saysExpired({ status, body }: Refusal): boolean {
  return status === 401 || (status === 403 && /token has expired/i.test(body));
}

/**
 * Whether a refused tag exists already and may not be moved. Forms: Amazon ECR 400 TAG_INVALID "…already exists in the … repository and
 * cannot be overwritten because the repository is immutable"; others 403, 405, 409 or 412 with TAG_IMMUTABLE or the word in their text.
 */
function saysImmutable({ status, body }: Refusal): boolean {
  if (![400, 403, 405, 409, 412].includes(status)) return false;
  const { codes } = parseErrorBody(body);
  const exists = status === 409 && /already exists/i.test(body);
  return exists || codes.includes('TAG_IMMUTABLE') || /\bimmutable\b|(?:cannot|can't|can not) be overwritten/i.test(body);
}

/** Whether the repository itself is unknown, not what is asked for in it (OCI distribution specification, "Error Codes"). */
export function saysNoRepository({ status, body }: Refusal): boolean {
  return status === 404 && parseErrorBody(body).codes.includes('NAME_UNKNOWN');
}

/**
 * The images that an index names and the repository lacks. Form: Amazon ECR MANIFEST_BLOB_UNKNOWN "Images with digests '[sha256:…]'
 * required for pushing image into repository … do not exist" (quoted in int128/docker-manifest-create-action 63).
 */
function missingImages({ body }: Refusal): string[] {
  const words = parseErrorBody(body).messages.join('\n');
  const [, listed = ''] = /Images? with digests? '([^']*)' required for pushing image/.exec(words) ?? [];
  return listed.match(/sha256:[0-9a-f]{64}/g) ?? [];
}

/** Turns a registry's refusal into an error that a user can act on; the registry's own words are its detail. */
export function responseError(request: Request, refusal: Refusal): ActionError {
  const { status, body } = refusal;
  const { messages } = parseErrorBody(body);
  const found = `HTTP ${status}${messages.length > 0 ? `: ${messages.join('; ')}` : ''}`;
  return new ActionError({ ...explain(request, refusal), found, detail: body.trim() === '' ? undefined : body.trim() });
}

interface Explanation {
  readonly code: ErrorCode;
  readonly message: string;
  readonly likely?: string;
  readonly remedy?: string;
}

function explain(request: Request, refusal: Refusal): Explanation {
  const { registry, purpose } = request;
  if (request.tagging && saysImmutable(refusal)) {
    return { code: 'TAG_IMMUTABLE', message: `${registry} does not let the tag be moved: could not ${purpose}.` };
  }
  const missing = missingImages(refusal);
  if (missing.length > 0) {
    return {
      code: 'REGISTRY_NOT_FOUND',
      message: `${registry} does not hold what the index names (${missing.join(', ')}): could not ${purpose}.`,
      likely: 'a lifecycle policy or somebody removed these images after they were built, or they are in another repository',
      remedy: 'Build them again, and let the lifecycle policy keep build-* images for longer than a run takes.',
    };
  }
  switch (refusal.status) {
    case 401:
      return {
        code: 'REGISTRY_DENIED',
        message: `${registry} refused the credentials: could not ${purpose}.`,
        likely: 'the user name or password is wrong, has expired, or none was given',
        remedy: 'Check the login inputs (login, username, password), or log in to the registry before this step.',
      };
    case 403: {
      const denial = parseDenial(parseErrorBody(refusal.body).messages.join('\n'));
      return {
        code: 'REGISTRY_DENIED',
        message: `${registry} did not allow it: could not ${purpose}.`,
        ...(denial ? explainDenial(denial) : { likely: 'the credentials are valid but lack this right on the repository' }),
      };
    }
    case 404:
      if (saysNoRepository(refusal)) {
        return {
          code: 'REGISTRY_NOT_FOUND',
          message: `${registry} has no such repository: could not ${purpose}.`,
          likely: 'it was never created, or the image, its account or its region is misspelt',
          remedy:
            'Create the repository (on Amazon ECR: create-repository: true, or aws ecr create-repository), or correct the name.',
        };
      }
      return {
        code: 'REGISTRY_NOT_FOUND',
        message: `${registry} does not hold it: could not ${purpose}.`,
        likely: 'the repository does not exist, its name is misspelt, or the content was removed',
      };
    case 429:
      return {
        code: 'REGISTRY_UNREACHABLE',
        message: `${registry} limits the rate of requests: could not ${purpose}.`,
        likely: 'other builds and pulls use the same quota',
        remedy: 'Run the step again later, or have the quota raised (on Amazon ECR: Service Quotas).',
      };
    default:
      return isRetryable(refusal.status)
        ? { code: 'REGISTRY_UNREACHABLE', message: `${registry} is failing or overloaded: could not ${purpose}.` }
        : { code: 'REGISTRY_RESPONSE', message: `${registry} gave an unexpected answer: could not ${purpose}.` };
  }
}

/** Statuses that are worth another try. */
export function isRetryable(status: number): boolean {
  return status === 429 || [500, 502, 503, 504].includes(status);
}
