import type { Build, BuildPhase } from '@aws-sdk/client-codebuild';

/** What of a build failed. */
export interface BuildFailure {
  /** `BUILD`, `DOWNLOAD_SOURCE` and so on. */
  readonly phase: string;
  /** `FAILED`, `FAULT`, `TIMED_OUT` or `STOPPED`. */
  readonly status: string;
  readonly command: string | undefined;
  readonly exitCode: number | undefined;
  /** What CodeBuild says of the phase, such as `COMMAND_EXECUTION_ERROR: …`. */
  readonly words: string | undefined;
  readonly ended: Date | undefined;
}

const bad = ['FAILED', 'FAULT', 'TIMED_OUT', 'STOPPED'];

/**
 * The first phase of a build that failed (API reference, BuildPhase), with the command and exit code that its context's message holds:
 * `Error while executing command: COMMAND. Reason: exit status CODE`. Undefined when none did.
 */
export function findBuildFailure({ phases = [] }: Pick<Build, 'phases'>): BuildFailure | undefined {
  const failed = phases.find(({ phaseStatus }) => bad.includes(phaseStatus ?? ''));
  if (failed === undefined) return undefined;
  const words = wordsOf(failed);
  const [, command, code] = /Error while executing command: ([\s\S]*?)\.? Reason: exit status (\d+)/.exec(words ?? '') ?? [];
  return {
    phase: failed.phaseType ?? 'an unknown phase',
    status: failed.phaseStatus ?? 'FAILED',
    command: command?.trim(),
    exitCode: code === undefined ? undefined : Number(code),
    words,
    ended: failed.endTime,
  };
}

function wordsOf({ contexts = [] }: BuildPhase): string | undefined {
  const said = contexts.flatMap(({ statusCode, message }) =>
    statusCode || message ? [[statusCode, message].filter(part => part !== undefined && part !== '').join(': ')] : [],
  );
  return said.length === 0 ? undefined : said.join('\n');
}

/** `The BUILD phase failed: npm test ended with exit code 1.` */
export function describeBuildFailure({ phase, status, command, exitCode }: BuildFailure): string {
  const ended = { FAULT: 'had a fault of CodeBuild', TIMED_OUT: 'ran out of time', STOPPED: 'was stopped' }[status] ?? 'failed';
  const what = command === undefined || exitCode === undefined ? '' : `: ${oneLine(command)} ended with exit code ${exitCode}`;
  return `the phase ${phase} ${ended}${what}`;
}

/** A command of many lines is told by its first. */
function oneLine(command: string): string {
  const [first = '', ...more] = command.split('\n').filter(line => line.trim() !== '');
  return more.length === 0 ? first.trim() : `${first.trim()} …`;
}
