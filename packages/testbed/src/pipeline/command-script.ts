export interface CommandScript {
  readonly command: string;
  /** Folder for what one command leaves to the next. */
  readonly state: string;
  /** Whether no phase has failed so far. */
  readonly succeeding: boolean;
}

/**
 * The script by which one command of a buildspec is run: in the folder, and with the exported variables, that the command before has left.
 * Variables that are not exported do not outlive their command here; a buildspec that needs them would be on thin ice.
 */
export function commandScript({ command, state, succeeding }: CommandScript): string {
  return [
    `. "${state}/env.sh"`,
    `export CODEBUILD_BUILD_SUCCEEDING=${succeeding ? 1 : 0}`,
    `cd "$(cat "${state}/folder")" || exit 1`,
    command.trimEnd(),
    'CODEBUILD_LAST_EXIT=$?',
    `export -p > "${state}/env.sh"; pwd > "${state}/folder"; env -0 > "${state}/env"`,
    'exit $CODEBUILD_LAST_EXIT',
    '',
  ].join('\n');
}

/** Reads what `env -0` wrote. */
export function parseEnvironment(text: string): Readonly<Record<string, string>> {
  const entries = text.split('\0').filter(entry => entry.includes('='));
  return Object.fromEntries(entries.map(entry => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]));
}
