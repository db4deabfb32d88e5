import { ActionError } from '@eks-gitops/errors';
import { readBytes } from '@eks-gitops/http';
import type { HttpResponse } from './transport.ts';

export interface BodyLimit {
  /** Bytes. */
  readonly limit: number;
  /** What is read, for the message. */
  readonly purpose: string;
}

/** Reads a body whole; one that is over the limit is CLUSTER_RESPONSE, and not read further. */
export async function readText({ body }: Pick<HttpResponse, 'body'>, { limit, purpose }: BodyLimit): Promise<string> {
  const bytes = await readBytes(body, {
    limit,
    refuse: most =>
      new ActionError({
        code: 'CLUSTER_RESPONSE',
        message: `The Kubernetes API server sent more than is sensible: could not ${purpose}.`,
        expected: `at most ${most} bytes`,
        found: 'more',
      }),
  });
  return bytes.toString('utf8');
}
