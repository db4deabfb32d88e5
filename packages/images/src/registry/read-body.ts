import { ActionError } from '@eks-gitops/errors';
import { readBytes as readBody } from '@eks-gitops/http';
import type { HttpResponse } from './transport.ts';

const textLimit = 64 * 1024;

/** Reads a body whole; one over `limit` bytes is REGISTRY_RESPONSE, and not read further. */
export async function readBytes({ body, url }: HttpResponse, limit: number): Promise<Buffer> {
  return readBody(body, {
    limit,
    refuse: most =>
      new ActionError({
        code: 'REGISTRY_RESPONSE',
        message: `${url.host} sent more than is sensible for what was asked.`,
        expected: `at most ${most} bytes`,
        found: 'more',
      }),
  });
}

/** Reads a short body as text, an error's or a token's; at most 64 KiB. */
export async function readText(response: HttpResponse): Promise<string> {
  return (await readBytes(response, textLimit)).toString('utf8');
}
