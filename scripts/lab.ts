import { copyFile, rename } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureTools, enterSandbox, findTool, type ToolName, withFolder } from '@eks-gitops/testbed';
import { checkOutShop, checkOutSource } from './lab-checkout.ts';
import { demandLabMachine } from './lab-machine.ts';
import type { LabPlan } from './lab-plan.ts';
import { clusterTools, labTools } from './lab-tools.ts';
import { readFlags, runScript, UsageError } from './run-script.ts';

const help = `Usage: scripts/lab [--cluster] [--automation flux|action] [--record FILE] [--source REPOSITORY [--context DIR] [--build-context NAME=VALUE]…]

From a commit to an answering page, on this machine alone: builds the sample shop for linux/amd64 and linux/arm64, publishes their index,
reads it back, runs the image of each architecture, sets up a GitOps repository and writes the tag into it. In a cluster with Flux it
goes on: applied, rolled out as real pods, answered through a load balancer; then the shop's title is changed, and all of it is done
again. Prints what that proved and what was simulated.
Needs root on a Linux amd64 machine; brings every tool that it needs. Nothing is left behind but the tools.

  --cluster                bring the cluster's tools too, which takes long the first time; without it, the lab goes on into the
                           cluster when they are there
  --automation flux|action who commits new tags there: Flux's image automation (default), or bump-flux-image
  --record FILE            write the release record to FILE
  --source REPOSITORY      build this git repository instead (a URL or a folder; its HEAD): your own app
  --context DIR            the folder of the build context in it, with the Dockerfile (default: .)
  --build-context N=VALUE  stands in for an image or a context N, as for docker buildx build: no image can be pulled in the lab`;

await runScript({ help }, async ({ args, signal, report }) => {
  const options = parseOptions(args);
  await demandLabMachine();
  const intoCluster = options.source === undefined && (options.cluster || (await areThere(clusterTools)));
  const found = await ensureTools({ names: [...labTools, ...(intoCluster ? clusterTools : [])], report, signal });
  return withFolder('lab', async folder => {
    const checkout = join(folder, 'checkout');
    const record = join(folder, 'record.json');
    const checkedOut = await (options.source === undefined
      ? checkOutShop({ checkout, record })
      : checkOutSource({ ...options, source: options.source, checkout, record, signal }));
    const { automation } = options;
    const plan: LabPlan = { ...checkedOut, ...(intoCluster ? { cluster: { automation } } : {}) };
    const code = await enterSandbox({
      command: process.execPath,
      args: [join(dirname(fileURLToPath(import.meta.url)), 'lab-in-sandbox.ts'), JSON.stringify(plan)],
      busybox: found.get('busybox-amd64')?.file ?? '',
      qemu: found.get('qemu-aarch64')?.file ?? '',
      signal,
    });
    if (code === 0 && options.record !== undefined) {
      await put(intoCluster ? `${record}.2` : record, options.record);
      report(`The release record is in ${options.record}`);
    }
    if (code === 0 && !intoCluster && options.source === undefined) report(left);
    return code;
  });
});

const left = `
Left out: the cluster, whose tools are not there. To bring them, and see the release applied, rolled out and answered:
  ./scripts/lab --cluster (about 40 minutes on two cores the first time, a minute afterwards)`;

async function areThere(names: readonly ToolName[]): Promise<boolean> {
  return (await Promise.all(names.map(findTool))).every(tool => tool !== undefined);
}

/** Whole or not at all, also from another file system. */
async function put(from: string, to: string): Promise<void> {
  const beside = `${to}.${process.pid}`;
  await copyFile(from, beside);
  await rename(beside, to);
}

interface LabOptions {
  readonly record: string | undefined;
  readonly source: string | undefined;
  readonly context: string;
  readonly buildContexts: readonly string[];
  readonly cluster: boolean;
  readonly automation: 'flux' | 'action';
}

function parseOptions(args: readonly string[]): LabOptions {
  const text = { type: 'string' } as const;
  const { values } = readFlags('scripts/lab', {
    args: [...args],
    options: {
      record: text,
      source: text,
      context: text,
      'build-context': { type: 'string', multiple: true },
      cluster: { type: 'boolean' },
      automation: text,
    },
  });
  const { record, source, context, 'build-context': buildContexts = [], cluster = false, automation = 'flux' } = values;
  if (automation !== 'flux' && automation !== 'action') throw new UsageError('--automation is flux or action.');
  if (source !== undefined && cluster) throw new UsageError('--cluster runs the sample shop: it does not go with --source.');
  if (source === undefined && (context !== undefined || buildContexts.length > 0)) {
    throw new UsageError('--context and --build-context go with --source REPOSITORY.');
  }
  return {
    record: record === undefined ? undefined : resolve(record),
    source,
    context: context ?? '.',
    buildContexts,
    cluster,
    automation,
  };
}
