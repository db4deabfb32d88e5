import { join } from 'node:path';
import { makeBusyboxLayout, startBuildkit, startEcr, withFolder } from '@eks-gitops/testbed';
import { startLabCluster } from './lab-cluster.ts';
import { commandEnv } from './lab-command.ts';
import { deploy } from './lab-gitops.ts';
import { labPlan } from './lab-plan.ts';
import { readBack, runImages } from './lab-proof.ts';
import { release } from './lab-release.ts';
import { formatLabReport } from './lab-report.ts';
import { runRounds } from './lab-rounds.ts';
import { formatRounds } from './lab-rounds-report.ts';
import { runScript } from './run-script.ts';

/** The base image of the shop, by the name in its Dockerfile. */
const base = { name: 'busybox:1.36', tag: '1.36' };

await runScript({ help: 'Run by scripts/lab.' }, async ({ args: [text = ''], signal, report: print }) => {
  const began = Date.now();
  const report = (line: string): void => print(`${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}`);
  const plan = labPlan.parse(JSON.parse(text));
  const [ecr, layout] = await Promise.all([startEcr(), shopBase()]);
  const buildkit = await startBuildkit({ registries: [{ host: ecr.host, ca: ecr.certificateFile }] });
  report(`Amazon ECR's stand-ins and BuildKit are up: ${ecr.host}`);
  try {
    const env = await commandEnv(ecr);
    const buildContexts = plan.app === 'shop' ? [`${base.name}=oci-layout://${layout}:${base.tag}`] : plan.buildContexts;
    const { cluster } = plan;
    const options = { ecr, env, builder: buildkit.address, report, signal };
    if (cluster !== undefined) {
      const lab = await startLabCluster(ecr);
      report(`a cluster with Flux is up: ${lab.name}, at ${lab.eks.cluster.url}`);
      const rounds = await runRounds({ ...options, plan: { ...plan, buildContexts, cluster }, lab }).finally(lab.stop);
      const [, { published }] = rounds;
      const proofs = await withFolder('run', folder => runImages({ plan, published, ecr, folder, report, signal }));
      console.log(formatRounds({ rounds, proofs, automation: cluster.automation, seconds: (Date.now() - began) / 1000 }));
      return 0;
    }
    const released = await release({ plan: { ...plan, buildContexts }, ...options });
    const published = await readBack({ released, ecr, signal });
    report(`read back ${published.digest}`);
    const proofs = await withFolder('run', folder => runImages({ plan, published, ecr, folder, report, signal }));
    const deployed = await deploy({ plan, released, env, report, signal });
    console.log(formatLabReport({ plan, released, published, proofs, deployed, seconds: (Date.now() - began) / 1000 }));
    return 0;
  } finally {
    await Promise.all([buildkit.stop(), ecr.stop()]);
  }
});

async function shopBase(): Promise<string> {
  const folder = join(process.env['TMPDIR'] ?? '/tmp', 'busybox');
  await makeBusyboxLayout({ folder, tag: base.tag });
  return folder;
}
