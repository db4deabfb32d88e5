import { tryJson } from '@eks-gitops/http';
import { z } from 'zod';

/** The API's own word for how a request went (Kubernetes API reference, meta/v1 Status), as far as it is used. */
export const statusBody = z.object({
  kind: z.literal('Status'),
  message: z.string().default(''),
  reason: z.string().default(''),
  code: z.number().default(0),
  details: z.object({ name: z.string().optional(), retryAfterSeconds: z.number().optional() }).default({}),
});

export type ApiStatus = z.infer<typeof statusBody>;

/** The Status in a refusal's body; undefined when it is something else, as from a proxy or for a path that is not served. */
export function parseStatus(body: string): ApiStatus | undefined {
  return statusBody.safeParse(tryJson(body)).data;
}
