import { z } from 'zod';

/** What the lab does inside its sandbox, handed over as JSON. */
export const labPlan = z.object({
  /** Git work tree of the commit that is released. */
  checkout: z.string(),
  context: z.string(),
  buildContexts: z.array(z.string()),
  /** Where the release record goes. */
  record: z.string(),
  /** The sample shop, whose page says what it runs on, or an app of which only an answer can be asked. */
  app: z.enum(['shop', 'own']),
  /** Whether it goes on into a cluster, and who commits new tags there. */
  cluster: z.object({ automation: z.enum(['flux', 'action']) }).optional(),
});

export type LabPlan = Readonly<z.infer<typeof labPlan>>;
