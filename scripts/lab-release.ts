import type { Ecr } from '@eks-gitops/testbed';
import { runCommand } from './lab-command.ts';
import type { LabPlan } from './lab-plan.ts';

export const platforms = ['linux/amd64', 'linux/arm64'] as const;

export interface Release {
  readonly image: string;
  readonly builds: readonly { readonly platform: string; readonly digest: string; readonly seconds: number }[];
  readonly index: { readonly digest: string; readonly tag: string; readonly tags: readonly string[]; readonly image: string };
}

export interface ReleaseOptions {
  readonly plan: LabPlan;
  readonly ecr: Ecr;
  /** Of the command. */
  readonly env: Readonly<Record<string, string>>;
  /** Address of BuildKit. */
  readonly builder: string;
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Releases a commit as a CI would, with the command: a build for each platform, side by side, then the index. */
export async function release({ plan, ecr, env, builder, report, signal }: ReleaseOptions): Promise<Release> {
  const image = `${ecr.host}/shop/ui`;
  const common = [`--image=${image}`, `--context=${plan.context}`, `--record=${plan.record}`];
  const run = (label: string, args: readonly string[]) => runCommand({ label, args, cwd: plan.checkout, env, report, signal });

  const builds = await Promise.all(
    platforms.map(async platform => {
      const began = Date.now();
      const contexts = plan.buildContexts.map(context => `--build-contexts=${context}`);
      const args = ['build-arch-image', ...common, `--platform=${platform}`, `--builder=${builder}`, ...contexts];
      const { digest = '' } = await run(platform, args);
      return { platform, digest, seconds: (Date.now() - began) / 1000 };
    }),
  );
  const { digest = '', tag = '', tags = '', image: name = '' } = await run('index', ['push-manifest-index', ...common]);
  return { image, builds, index: { digest, tag, tags: tags.split('\n'), image: name } };
}
