import { copyFile, rename } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureTools, enterSandbox, withFolder } from '@eks-gitops/testbed';
import { checkOutShop, checkOutSource } from './lab-checkout.ts';
import { demandLabMachine } from './lab-machine.ts';
import type { LabPlan } from './lab-plan.ts';
import { labTools } from './lab-tools.ts';
import { readFlags, runScript, UsageError } from './run-script.ts';

const help = `Usage: scripts/lab [--record FILE] [--source REPOSITORY [--context DIR] [--build-context NAME=VALUE]…]

From a commit to its tag in a GitOps repository, on this machine alone: builds the sample shop for linux/amd64 and linux/arm64, publishes
their index, reads it back, runs the image of each architecture, sets up a GitOps repository and writes the tag into it, and prints what
that proved and what was simulated.
Needs root on a Linux amd64 machine; brings every tool that it needs. Nothing is left behind but the tools.

  --record FILE            write the release record to FILE
  --source REPOSITORY      build this git repository instead (a URL or a folder; its HEAD): your own app
  --context DIR            the folder of the build context in it, with the Dockerfile (default: .)
  --build-context N=VALUE  stands in for an image or a context N, as for docker buildx build: no image can be pulled in the lab`;

await runScript({ help }, async ({ args, signal, report }) => {
  const options = parseOptions(args);
  await demandLabMachine();
  const found = await ensureTools({ names: labTools, report, signal });
  return withFolder('lab', async folder => {
    const checkout = join(folder, 'checkout');
    const record = join(folder, 'record.json');
    const plan: LabPlan = await (options.source === undefined
      ? checkOutShop({ checkout, record })
      : checkOutSource({ ...options, source: options.source, checkout, record, signal }));
    const code = await enterSandbox({
      command: process.execPath,
      args: [join(dirname(fileURLToPath(import.meta.url)), 'lab-in-sandbox.ts'), JSON.stringify(plan)],
      busybox: found.get('busybox-amd64')?.file ?? '',
      qemu: found.get('qemu-aarch64')?.file ?? '',
      signal,
    });
    if (code === 0 && options.record !== undefined) {
      await put(record, options.record);
      report(`The release record is in ${options.record}`);
    }
    return code;
  });
});

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
}

function parseOptions(args: readonly string[]): LabOptions {
  const text = { type: 'string' } as const;
  const { values } = readFlags('scripts/lab', {
    args: [...args],
    options: { record: text, source: text, context: text, 'build-context': { type: 'string', multiple: true } },
  });
  const { record, source, context, 'build-context': buildContexts = [] } = values;
  if (source === undefined && (context !== undefined || buildContexts.length > 0)) {
    throw new UsageError('--context and --build-context go with --source REPOSITORY.');
  }
  return { record: record === undefined ? undefined : resolve(record), source, context: context ?? '.', buildContexts };
}
