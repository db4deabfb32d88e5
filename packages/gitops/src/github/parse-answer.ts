import { ActionError } from '@eks-gitops/errors';
import { z } from 'zod';
import type { Purpose } from './refusal-error.ts';

/** Reads an answer by its schema. Throws GITHUB_FAILED when it is of another shape. */
export function parseAnswer<T>({ host, purpose, answer }: Purpose & { answer: z.ZodType<T> }, body: unknown): T {
  const parsed = answer.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new ActionError({
    code: 'GITHUB_FAILED',
    message: `${host} answered in a way that is not understood: could not ${purpose}.`,
    found: z.prettifyError(parsed.error),
    likely: 'a proxy stands between, or this GitHub Enterprise Server is too old',
  });
}
