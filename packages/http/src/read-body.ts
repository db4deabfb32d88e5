import type { ActionError } from '@eks-gitops/errors';
import type { Dispatcher } from 'undici';

export interface BodyLimit {
  /** Bytes. */
  readonly limit: number;
  /** What is thrown for a body that is over the limit, of which no more is read then. */
  readonly refuse: (limit: number) => ActionError;
}

/** Reads a body whole. */
export async function readBytes(body: Dispatcher.ResponseData['body'], { limit, refuse }: BodyLimit): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > limit) {
      body.destroy();
      throw refuse(limit);
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks, size);
}
