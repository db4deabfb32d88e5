import { readFile } from 'node:fs/promises';
import type { ActionContext } from '@eks-gitops/action';
import { tryJson } from '@eks-gitops/http';
import { z } from 'zod';

/** Of every event on a repository (https://docs.github.com/webhooks/webhook-events-and-payloads); schedules have none. */
const event = z.object({ repository: z.object({ default_branch: z.string().min(1) }) });

/** The branch that the CI says is the repository's default one; undefined when it does not. */
export async function readDefaultBranch({ facts, env }: Pick<ActionContext, 'facts' | 'env'>): Promise<string | undefined> {
  const file = env['GITHUB_EVENT_PATH'];
  if (facts.ci !== 'github' || !file) return facts.defaultBranch;
  const text = await readFile(file, 'utf8').catch(() => '');
  return event.safeParse(tryJson(text)).data?.repository.default_branch;
}
