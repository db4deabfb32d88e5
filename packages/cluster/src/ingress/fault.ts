import { z } from 'zod';

// By their fields: errors of Node itself may come from another realm than `Error`.
const fault = z.object({ code: z.string().default(''), message: z.string().default('') });

/** The code of an error of Node, such as ECONNREFUSED; empty for one without. */
export function codeOf(thrown: unknown): string {
  return fault.safeParse(thrown).data?.code ?? '';
}

export function wordsOf(thrown: unknown): string {
  return fault.safeParse(thrown).data?.message || String(thrown);
}
