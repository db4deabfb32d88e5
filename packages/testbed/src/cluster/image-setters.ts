import { execa } from 'execa';
import { z } from 'zod';
import { requireTool } from '../toolchain/find.ts';

/** An ImagePolicy with the reference that its status would hold. */
export interface SetterPolicy {
  readonly namespace: string;
  readonly name: string;
  /** Without tag and digest. */
  readonly image: string;
  readonly tag: string;
  readonly digest?: string | undefined;
}

const answer = z.object({
  milliseconds: z.number(),
  changes: z.array(z.object({ file: z.string(), setter: z.string(), old: z.string(), new: z.string() })),
});

/** What the controller's update says of itself: the time that it took, and what it changed. */
export type SettersAnswer = z.infer<typeof answer>;

/** Has image-automation-controller's own update (v1.2.4, internal/update) edit the manifests of a folder, in a process without a cluster. */
export async function runImageSetters(request: {
  readonly folder: string;
  readonly policies: readonly SetterPolicy[];
}): Promise<SettersAnswer> {
  const { stdout } = await execa(await requireTool('image-setters'), { input: JSON.stringify(request) });
  return answer.parse(JSON.parse(stdout));
}
