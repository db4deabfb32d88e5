import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { enterSandbox, findTool, type MachineState, readMachine, type ToolName } from '@eks-gitops/testbed';
import { execa } from 'execa';
import { z } from 'zod';
import { type Check, checks, linters, runCheck } from './checks.ts';
import { addTallies, formatTally, readJestReport, type Tally } from './jest-report.ts';
import { clusterTools, labTools } from './lab-tools.ts';
import { readFlags, runScript, type ScriptContext } from './run-script.ts';
import { shareOut, type WeighedFile } from './share-out.ts';

const usage = `Usage: scripts/test [--all] [-- JEST ARGUMENTS]

Brings the tools that the tests need, then runs the checks, the unit tests and the tests on real servers.
What this machine cannot run is listed by name at the end; with --all it counts as failed, and the tools that
are long in the building are brought too.`;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, 'node_modules', '.bin');
const env = {
  PATH: `${bin}:${process.env['PATH'] ?? ''}`,
  // For jest itself and for every run of the command from its sources.
  NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'node'),
  NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
};

const serverTools: readonly ToolName[] = [...labTools, 'act', 'dockerd', 'sshd', 'image-setters'];
/** Brought with --all alone. */
const longTools: readonly ToolName[] = [...clusterTools, 'helm-controller', 'client-config'];
const checkTools: readonly ToolName[] = ['actionlint', 'zizmor', 'cfn-lint', 'checkov'];

async function test({ args: given, signal }: ScriptContext): Promise<number> {
  const { values, positionals: args } = readFlags('scripts/test', {
    args: [...given],
    allowPositionals: true,
    options: { all: { type: 'boolean', default: false } },
  });
  process.chdir(root);
  const folder = await mkdtemp(join(tmpdir(), 'eks-gitops-test-'));
  try {
    const bringing = bringTools([...serverTools, ...checkTools, ...(values.all ? longTools : [])]);
    const quick = [...(await inTurn(checks)), await runJest({ project: 'unit', folder, args, signal })];
    await bringing;
    const slow = [...(await inTurn(linters)), await runJest({ project: 'e2e', folder, args, signal })];
    const total = addTallies([...quick, ...slow]);
    console.log(`\n${formatTally(total, { strict: values.all })}`);
    return total.failed.length === 0 && (!values.all || total.notRun.length === 0) ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A tool that cannot be had fails no run: the tests that need it are listed as not run. */
async function bringTools(names: readonly ToolName[]): Promise<void> {
  const args = [join(root, 'scripts', 'toolchain.ts'), ...names];
  const { failed } = await execa(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], reject: false });
  if (failed) console.log('Not every tool could be had, see above.');
}

async function inTurn(all: readonly Check[]): Promise<Tally[]> {
  const tallies: Tally[] = [];
  for (const check of all) tallies.push(await runCheck(check, { root, env }));
  return tallies;
}

interface JestRun {
  readonly project: 'unit' | 'e2e';
  readonly folder: string;
  readonly args: readonly string[];
  readonly signal: AbortSignal;
}

/** In a sandbox of its own each, since there is but one Amazon ECR in each. Such tests wait more than they work. */
const lanes = 2;

async function runJest(run: JestRun): Promise<Tally> {
  console.log(`\n── ${run.project} tests`);
  if (run.project === 'unit') return runLane(run, { name: 'unit', run: runPlainly });
  const [busybox, qemu] = await Promise.all([findTool('busybox-amd64'), findTool('qemu-aarch64')]);
  if (process.getuid?.() !== 0 || busybox === undefined) return runLane(run, { name: 'e2e', run: runPlainly });
  const id = randomUUID();
  const marker = `EKS_GITOPS_RUN=${id}`;
  const before = await readMachine({ marker });
  const enter = async (args: readonly string[]): Promise<void> => {
    await enterSandbox({
      command: process.execPath,
      args,
      env: { ...env, EKS_GITOPS_RUN: id },
      busybox: busybox.file,
      ...(qemu ? { qemu: qemu.file } : {}),
      signal: run.signal,
    });
  };
  // Tests that were chosen by arguments are few.
  const shares = run.args.length > 0 ? [run.args] : shareOut(await listTests(run), lanes);
  const tallies = await Promise.all(shares.map((args, index) => runLane({ ...run, args }, { name: `e2e-${index}`, run: enter })));
  return addTallies([...tallies, compareMachine(before, await readMachine({ marker }))]);
}

interface Lane {
  readonly name: string;
  readonly run: (args: readonly string[]) => Promise<void>;
}

async function runLane({ project, folder, args }: JestRun, { name, run }: Lane): Promise<Tally> {
  const report = join(folder, `${name}.json`);
  const options = ['--json', `--outputFile=${report}`, '--passWithNoTests', ...(project === 'unit' ? ['--maxWorkers=100%'] : [])];
  await run([join(bin, 'jest'), ...args, '--selectProjects', project, ...options]);
  return readFile(report, 'utf8').then(readJestReport, () => ({
    passed: 0,
    failed: [`${name} tests did not run`],
    notRun: [],
  }));
}

async function runPlainly(args: readonly string[]): Promise<void> {
  await execa(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'], reject: false });
}

/** The files of a project, each with its size, which stands for its time as in jest's own order; a test of a script runs the product whole. */
async function listTests({ project }: JestRun): Promise<readonly WeighedFile[]> {
  const jest = [join(bin, 'jest'), '--selectProjects', project, '--listTests', '--json'];
  const { stdout } = await execa(process.execPath, jest, { cwd: root, env, stderr: 'ignore' });
  const files = z.array(z.string()).parse(JSON.parse(stdout.slice(stdout.indexOf('['))));
  return Promise.all(
    files.map(async path => {
      const file = relative(root, path);
      return { file, weight: (await stat(path)).size * (file.startsWith('scripts/') ? 10 : 1) };
    }),
  );
}

function compareMachine(before: MachineState, after: MachineState): Tally {
  const name = 'the tests leave the machine as it was';
  const [was, is] = [before, after].map(state => JSON.stringify(state, undefined, 1));
  if (was === is) return { passed: 1, failed: [], notRun: [] };
  console.log(`✗ ${name}: before ${was}, after ${is}`);
  return { passed: 0, failed: [name], notRun: [] };
}

await runScript({ help: usage }, test);
