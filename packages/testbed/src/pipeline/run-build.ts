import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { collectArtifacts } from './artifacts.ts';
import { type Buildspec, type PhaseName, phaseNames } from './buildspec.ts';
import { commandScript, parseEnvironment } from './command-script.ts';
import { runInContainer } from './container.ts';

export interface BuildRequest {
  readonly buildspec: Buildspec;
  /** Private, and empty: all of the build's own files. */
  readonly folder: string;
  /** The primary source, CODEBUILD_SRC_DIR. */
  readonly source: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMinutes: number;
}

export type PhaseStatus = 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';

export interface BuildPhase {
  /** `BUILD`, `POST_BUILD`, `UPLOAD_ARTIFACTS`. */
  readonly type: string;
  readonly status: PhaseStatus;
  /** What CodeBuild says of a phase that failed. */
  readonly context?: string;
}

export interface FinishedBuild {
  readonly status: PhaseStatus;
  readonly phases: readonly BuildPhase[];
  readonly exported: Readonly<Record<string, string>>;
  /** Folder with the output artifact; undefined when there is none. */
  readonly artifact: string | undefined;
  readonly log: string;
}

/**
 * Runs a buildspec's phases as CodeBuild does: one after the other until one fails, but post_build also after a failed build
 * (https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html), each with its finally block, and artifacts
 * even after a failed build. Exported variables have the values that they had when post_build ended
 * (https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html).
 */
export async function runBuild(request: BuildRequest): Promise<FinishedBuild> {
  const { buildspec, folder, source } = request;
  const state = join(folder, 'state');
  await mkdir(state, { recursive: true });
  await writeFile(join(state, 'env.sh'), '');
  await writeFile(join(state, 'folder'), `${source}\n`);
  await writeFile(join(state, 'env'), '');
  const log: string[] = [];
  const phases: BuildPhase[] = [];
  const deadline = Date.now() + request.timeoutMinutes * 60_000;
  for (const name of phaseNames) {
    if (phases.some(phase => stops(phase, name, buildspec))) break;
    const succeeding = phases.every(({ status }) => status === 'SUCCEEDED');
    phases.push(await runPhase(name, { ...request, state, log, deadline, succeeding }));
  }
  const begun = phases.some(({ type }) => type === 'BUILD');
  const env = { ...request.env, ...parseEnvironment(await readFile(join(state, 'env'), 'utf8')) };
  const collected =
    begun && buildspec.artifacts
      ? await collectArtifacts({ ...buildspec.artifacts, source, to: join(folder, 'artifact') })
      : undefined;
  if (collected) phases.push({ type: 'UPLOAD_ARTIFACTS', ...collected.phase });
  const failed = phases.find(({ status }) => status !== 'SUCCEEDED');
  return {
    status: failed?.status ?? 'SUCCEEDED',
    phases,
    exported: Object.fromEntries((buildspec.env['exported-variables'] ?? []).map(name => [name, env[name] ?? ''])),
    artifact: collected?.folder,
    log: log.join('\n'),
  };
}

/** Whether a phase that ended keeps another from being run. */
function stops({ type, status }: BuildPhase, next: PhaseName, { phases }: Buildspec): boolean {
  if (status === 'SUCCEEDED') return false;
  return status === 'TIMED_OUT' || type !== 'BUILD' || next !== 'post_build' || phases.build?.['on-failure'] === 'ABORT';
}

interface PhaseRun extends BuildRequest {
  readonly state: string;
  readonly log: string[];
  readonly deadline: number;
  readonly succeeding: boolean;
}

async function runPhase(name: PhaseName, run: PhaseRun): Promise<BuildPhase> {
  const { buildspec, log } = run;
  const type = name.toUpperCase();
  const { commands = [], finally: last = [] } = buildspec.phases[name] ?? {};
  log.push(`[simulated] Entering phase ${type}`);
  const failure = await runCommands(commands, run);
  const lastFailure = await runCommands(last, run);
  const phase = { type, ...(failure ?? lastFailure ?? { status: 'SUCCEEDED' as const }) };
  log.push(`[simulated] Phase complete: ${type} State: ${phase.status}`);
  return phase;
}

/** Runs them until one fails, and then gives what is said of it. */
async function runCommands(commands: readonly string[], run: PhaseRun): Promise<Omit<BuildPhase, 'type'> | undefined> {
  for (const command of commands) {
    const { exitCode, timedOut } = await runCommand(command, run);
    if (timedOut) return { status: 'TIMED_OUT', context: 'BUILD_TIMED_OUT: Build has timed out.' };
    if (exitCode !== 0) {
      const reason = `Error while executing command: ${command.trim()}. Reason: exit status ${exitCode}`;
      return { status: 'FAILED', context: `COMMAND_EXECUTION_ERROR: ${reason}` };
    }
  }
  return undefined;
}

async function runCommand(command: string, run: PhaseRun): Promise<{ exitCode: number | undefined; timedOut: boolean }> {
  const { buildspec, folder, source, state, log, deadline, succeeding } = run;
  const script = join(state, 'script.sh');
  await writeFile(script, commandScript({ command, state, succeeding }));
  log.push(`[simulated] Running command ${command.trimEnd()}`);
  const env = {
    ...buildspec.env.variables,
    ...run.env,
    CODEBUILD_SRC_DIR: source,
  };
  const { shell } = buildspec.env;
  const ended = await runInContainer({ shell, script, folder, env, timeout: Math.max(deadline - Date.now(), 1) });
  if (ended.output !== '') log.push(ended.output);
  return ended;
}
