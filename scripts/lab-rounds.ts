import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ecr } from '@eks-gitops/testbed';
import { commitAll } from './lab-checkout.ts';
import { gitopsLogin, type LabCluster } from './lab-cluster.ts';
import { runCommand } from './lab-command.ts';
import type { LabPlan } from './lab-plan.ts';
import { type Published, readBack } from './lab-proof.ts';
import { type Release, release } from './lab-release.ts';

export interface RoundsOptions {
  readonly plan: LabPlan & { readonly cluster: NonNullable<LabPlan['cluster']> };
  readonly ecr: Ecr;
  readonly lab: LabCluster;
  readonly env: Readonly<Record<string, string>>;
  readonly builder: string;
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

/** One release, from its commit to the page. */
export interface Round {
  readonly brand: string;
  readonly released: Release;
  readonly published: Published;
  /** Of the GitOps repository, by fluxcdbot. */
  readonly commit: string;
  readonly pods: string;
  readonly url: string;
  /** The links of the chain in order, with the seconds that each took. */
  readonly links: readonly { readonly name: string; readonly seconds: number }[];
}

const brands = ['Retail Store Sample', 'Retail Store Sample New'] as const;

/** The lab's two rounds: a first release that is set up, and a second one with another title. */
export async function runRounds(options: RoundsOptions): Promise<readonly [Round, Round]> {
  const [first, second] = brands;
  const one = await runRound(options, { brand: first, number: 1 });
  const layout = join(options.plan.checkout, options.plan.context, 'page', 'layout.html');
  await writeFile(layout, (await readFile(layout, 'utf8')).replaceAll(first, second));
  await commitAll(options.plan.checkout, `Call the shop ${second}`);
  return [one, await runRound(options, { brand: second, number: 2 })];
}

async function runRound(options: RoundsOptions, { brand, number }: { brand: string; number: 1 | 2 }): Promise<Round> {
  const { lab, ecr, env, signal } = options;
  const plan = { ...options.plan, record: `${options.plan.record}.${number}` };
  const report = (line: string): void => options.report(`round ${number}: ${line}`);
  const links: { name: string; seconds: number }[] = [];
  const timed = async <T>(name: string, link: () => Promise<T>): Promise<T> => {
    const began = Date.now();
    const result = await link();
    links.push({ name, seconds: (Date.now() - began) / 1000 });
    return result;
  };
  const run = (name: string, args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    timed(name, () =>
      runCommand({ label: name, args: [name, ...args], cwd: plan.checkout, env: { ...env, ...more }, report, signal }),
    );
  const token = { INPUT_TOKEN: gitopsLogin.password };
  const repository = `--repository=${lab.repository.url}`;
  const record = `--record=${plan.record}`;
  const cluster = `--cluster-name=${lab.name}`;
  const { automation } = plan.cluster;

  const released = await timed('build and publish', () => release({ ...options, plan, report }));
  const published = await readBack({ released, ecr, signal });
  if (number === 1) {
    const about = [
      '--policy=ui',
      `--image=${released.image}`,
      '--current-image=public.ecr.aws/aws-containers/retail-store-sample-ui',
    ];
    const args = [repository, '--path=apps', ...about, `--automation=${automation}`, '--ingress', '--ingress-namespace=ui'];
    const { commit = '' } = await run('setup-flux-image', args, token);
    // Flux's own image objects have to be there before they can be asked.
    await run('flux-reconcile', [cluster, '--kustomization=apps', `--revision=${commit}`]);
  }
  if (automation === 'action') await run('bump-flux-image', [repository, '--path=apps', '--policy=ui', record], token);
  const scan = automation === 'flux' ? ['--image-repository=ui'] : [];
  await run('flux-reconcile', [record, cluster, '--kustomization=apps', ...scan, repository], token);
  const { pods = '' } = await run('wait-deployment', [record, cluster, '--workload=ui', '--namespace=ui']);
  const { url = '' } = await run('wait-ingress', [
    ...[record, cluster, '--ingress=ui', '--namespace=ui', '--path=/home'],
    `--expect-body=/<title>${brand}</`,
  ]);
  const commit = await lab.repository.git('rev-parse', 'main');
  return { brand, released, published, commit, pods, url, links };
}
