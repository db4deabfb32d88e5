import type { ActionContext } from './context.ts';
import type { Input, ValuesOf } from './input.ts';

export type InputTable = Readonly<Record<string, Input<unknown>>>;
/** Output names with their descriptions. */
export type OutputTable = Readonly<Record<string, string>>;
/** Every output as text; a list is a line an item. An output that does not apply is empty. */
export type OutputsOf<Outputs> = { readonly [Name in keyof Outputs]: string };

/** An action: what it takes, what it does, what it gives. Hosts run it; action.yml, README tables, flags and help are made from it. */
export interface Action<Inputs extends InputTable = InputTable, Outputs extends OutputTable = OutputTable> {
  readonly name: string;
  readonly description: string;
  readonly inputs: Inputs;
  readonly outputs: Outputs;
  /** The output that is a document: where it is not empty, the terminal prints it as it is, and nothing else. */
  readonly document?: keyof Outputs & string;
  run(inputs: ValuesOf<Inputs>, context: ActionContext): Promise<OutputsOf<Outputs>>;
}

/** Checks an action's definition by its types, and gives it back. */
export function defineAction<const Inputs extends InputTable, const Outputs extends OutputTable>(
  action: Action<Inputs, Outputs>,
): Action<Inputs, Outputs> {
  return action;
}
