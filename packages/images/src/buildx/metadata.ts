import { ActionError } from '@eks-gitops/errors';
import { tryJson } from '@eks-gitops/http';
import { z } from 'zod';
import { type Digest, isDigest } from '../reference.ts';

const metadata = z.looseObject({
  'containerimage.digest': z.string().refine(isDigest, 'not a SHA-256 digest').optional(),
});

export interface BuildMetadata {
  /** What was pushed: the image's manifest, or the index that holds it with its attestations. Absent when nothing was. */
  readonly digest: Digest | undefined;
  /** The file as buildx wrote it, on one line. */
  readonly json: string;
}

/** Reads the file that `--metadata-file` names (buildx reference, "Write build result metadata to a file"). Throws BUILD_FAILED. */
export function parseMetadata(text: string): BuildMetadata {
  const document = tryJson(text);
  const parsed = metadata.safeParse(document);
  if (parsed.success) return { digest: parsed.data['containerimage.digest'], json: JSON.stringify(document) };
  throw new ActionError({
    code: 'BUILD_FAILED',
    message: 'buildx did not say what it built.',
    expected: 'JSON metadata with containerimage.digest',
    found: z.prettifyError(parsed.error),
    remedy: 'update docker buildx',
  });
}
