import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import { ActionError } from '@eks-gitops/errors';
import type { Digest } from '../reference.ts';

/** The SHA-256 digest of some content. */
export function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Throws DIGEST_MISMATCH unless `found` is the digest that `subject` was asked for by. */
export function verifyDigest({ subject, expected, found }: { subject: string; expected: string; found: string }): void {
  if (expected === found) return;
  throw new ActionError({
    code: 'DIGEST_MISMATCH',
    message: `${subject} is not what its digest says.`,
    expected,
    found,
    likely: 'a proxy, cache or registry between here and the content altered it',
  });
}

/** Passes content through and ends in DIGEST_MISMATCH when it was not that of the digest. */
export function verifyStream({ subject, digest }: { subject: string; digest: Digest }): Transform {
  const hash = createHash('sha256');
  return new Transform({
    transform(chunk, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      try {
        verifyDigest({ subject, expected: digest, found: `sha256:${hash.digest('hex')}` });
        done();
      } catch (thrown) {
        done(thrown instanceof Error ? thrown : new Error(String(thrown)));
      }
    },
  });
}
