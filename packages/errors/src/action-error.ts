import { type ErrorCode, errorCodes, exitCodes } from './codes.ts';

export interface Failure {
  readonly code: ErrorCode;
  /** What failed, on what: one sentence. */
  readonly message: string;
  readonly expected?: string | undefined;
  readonly found?: string | undefined;
  /** The most likely cause, when there is one. */
  readonly likely?: string | undefined;
  /** What to do next. */
  readonly remedy?: string | undefined;
  /** The cause's own words (a log's last lines, an error body), kept verbatim. */
  readonly detail?: string | undefined;
  readonly cause?: unknown;
}

/** A failure that a user can act on: what failed, what was expected and found, the likely cause, what to do. */
export class ActionError extends Error {
  override readonly name = 'ActionError';
  readonly code: ErrorCode;
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message, failure.cause === undefined ? undefined : { cause: failure.cause });
    this.code = failure.code;
    this.failure = failure;
  }
}

/** Turns anything thrown into an ActionError; what is not one already becomes UNEXPECTED, or CANCELLED for an abort. */
export function toActionError(thrown: unknown): ActionError {
  if (thrown instanceof ActionError) return thrown;
  const { name, message, stack } = wordsOf(thrown);
  if (name === 'AbortError') return new ActionError({ code: 'CANCELLED', message: 'Cancelled.', cause: thrown });
  return new ActionError({
    code: 'UNEXPECTED',
    message,
    remedy: 'This is a fault of eks-gitops-actions: please report it with the log.',
    detail: stack,
    cause: thrown,
  });
}

/** By their fields, since errors of Node itself may come from another realm than `Error`. */
function wordsOf(thrown: unknown): { name?: string; message: string; stack?: string | undefined } {
  if (typeof thrown !== 'object' || thrown === null || !('message' in thrown)) return { message: String(thrown) };
  return {
    name: 'name' in thrown ? String(thrown.name) : '',
    message: String(thrown.message),
    stack: 'stack' in thrown && typeof thrown.stack === 'string' ? thrown.stack : undefined,
  };
}

/** The exit code of the command for an error: 1 failed, 2 wrong usage, 3 timed out, 130 cancelled. */
export function exitCodeOf(error: ActionError): number {
  return exitCodes[errorCodes[error.code].ending];
}

/** Renders an error as the lines that a user reads: the sentence, the cause's own words, the facts, the code. */
export function formatError(error: ActionError): string {
  const { message, detail } = error.failure;
  const words = detail === undefined ? [] : ['', detail.trimEnd(), ''];
  return [message, ...words, ...[...factLines(error.failure), `code: ${error.code}`].map(line => `  ${line}`)].join('\n');
}

/** What was expected and found, the likely cause and what to do, a line each; what is not known is left out. */
export function factLines({ expected, found, likely, remedy }: Failure): readonly string[] {
  const facts = { expected, found, 'likely cause': likely, 'what to do': remedy };
  return Object.entries(facts).flatMap(([label, text]) => (text === undefined ? [] : [`${label}: ${text}`]));
}
