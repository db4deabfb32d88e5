import type { CiFacts } from './facts.ts';

/** Where an action's words go; the host decides how they look. Nothing masked is ever printed. */
export interface Log {
  /** What happens, as it happens. */
  info(message: string): void;
  /** Worth knowing, needs no action. */
  notice(message: string): void;
  warning(message: string): void;
  /** Only shown when the user asks for more. */
  debug(message: string): void;
  /** Folds what `run` says under one title where the host can. */
  group<T>(title: string, run: () => Promise<T>): Promise<T>;
}

/** A folder with mode 0700 for secrets and scratch, gone at the end of the action, also when it fails or is cut. */
export interface PrivateFolder {
  readonly path: string;
  /**
   * Says what must be undone at the end, before the thing to undo exists: a program with its arguments, run without a shell, by the
   * host at the end, by the runner's post step when the action was cut, or by the next run when even that was killed.
   */
  undoLater(command: UndoCommand): Promise<void>;
}

export interface UndoCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What the program says, on standard error, when there is nothing to undo: that is no failure. */
  readonly absent?: string | undefined;
}

/** What a person reads of a result, as a table. */
export interface SummaryTable {
  /** The output that says the same in lines; the summary then shows the table alone. */
  readonly output: string;
  readonly head: readonly string[];
  /** As many cells as the head has. */
  readonly rows: readonly (readonly string[])[];
}

/** The world as an action may see it: all it knows of the CI, the clock and the environment. */
export interface ActionContext {
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly facts: CiFacts;
  /** The folder that relative paths start from. */
  readonly workspace: string;
  now(): Date;
  /** Hides a secret, every line of it, from everything that is printed from now on. */
  mask(secret: string): void;
  /** Shows a table in the job summary, after a failure too; a host that has none leaves it. */
  summarise(table: SummaryTable): void;
  privateFolder(): Promise<PrivateFolder>;
}
