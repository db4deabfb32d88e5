export type Environment = Readonly<Record<string, string | undefined>>;

/** Inputs reach an action as values only; secrets among them must not go on to every child process. */
export function withoutInputs(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('INPUT_')));
}
