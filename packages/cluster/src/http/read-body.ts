import { ActionError } from '@eks-gitops/errors';
import type { HttpResponse } from './transport.ts';

export interface BodyLimit {
  /** Bytes. */
  readonly limit: number;
  /** What is read, for the message. */
  readonly purpose: string;
}

/** Reads a body whole; one that is over the limit is CLUSTER_RESPONSE, and not read further. */
export async function readText({ body }: Pick<HttpResponse, 'body'>, { limit, purpose }: BodyLimit): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > limit) {
      body.destroy();
      throw new ActionError({
        code: 'CLUSTER_RESPONSE',
        message: `The Kubernetes API server sent more than is sensible: could not ${purpose}.`,
        expected: `at most ${limit} bytes`,
        found: 'more',
      });
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks, size).toString('utf8');
}
