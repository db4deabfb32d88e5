import type { Action, InputTable } from '../action.ts';
import type { InputForm } from '../input.ts';
import { excerpt, type InputFault } from '../input-fault.ts';
import type { GivenInputs, InputSpelling } from '../read-inputs.ts';
import type { Environment } from './environment.ts';
import { readFlags } from './flags.ts';

/** Flags that every action has in the terminal, with their forms and help texts. */
export const hostFlags = {
  json: { form: 'boolean', help: 'Print one JSON object on standard output, on failure too (error.code).' },
  'outputs-file': {
    form: 'text',
    help: 'Write the outputs to FILE, on failure too: NAME=value lines for x.env, an object for x.json.',
  },
  record: {
    form: 'text',
    help: 'Read the release record from FILE where it exists, and write it back with what this step adds. Keep it out of the build context.',
  },
  quiet: { form: 'boolean', help: 'Say nothing but warnings and errors.' },
  verbose: { form: 'boolean', help: 'Say everything, line by line.' },
  help: { form: 'boolean', help: 'Print this text.' },
} as const satisfies Record<string, { form: InputForm; help: string }>;

export const hostFlagNames: readonly string[] = Object.keys(hostFlags);

/** What a command line asks for. Faults are collected, so that they can be told together and in the form asked for. */
export interface TerminalRequest {
  readonly given: GivenInputs;
  readonly faults: readonly InputFault[];
  readonly help: boolean;
  readonly json: boolean;
  readonly outputsFile?: string;
  readonly recordFile?: string;
  readonly detail: 'quiet' | 'normal' | 'verbose';
}

export const terminalSpelling: InputSpelling = {
  name: input => `--${input}`,
  give: input => `pass --${input}, or set ${variableOf(input)} in the environment`,
};

/** The environment variable of an input: with underscores, since shells drop names with hyphens. */
export function variableOf(input: string): string {
  return `INPUT_${input.replaceAll('-', '_').toUpperCase()}`;
}

/** Whether the action hands a release record on, so that `--record FILE` means something. */
export function usesRecord({ inputs, outputs }: Action): boolean {
  return 'record' in inputs || 'record' in outputs;
}

/** Reads a command line. Precedence: flag, then INPUT_ variable; what neither gives is left to the input's default. */
export function readArguments(about: { action: Action; args: readonly string[]; env: Environment }): TerminalRequest {
  const { action, args, env } = about;
  const { record, ...always } = hostFlags;
  const forms = formsOf({ ...action.inputs, ...always, ...(usesRecord(action) ? { record } : {}) });
  const former = Object.entries(action.inputs).flatMap(([name, input]) => input.formerly.map(old => [old, name] as const));
  const { values, faults } = readFlags({ forms, renamed: new Map(former), args });
  const isOn = (flag: keyof typeof hostFlags): boolean => values.get(flag) === 'true';
  const file = (flag: keyof typeof hostFlags): string | undefined => values.get(flag) || undefined;
  const outputsFile = file('outputs-file');
  const recordFile = file('record');
  return {
    given: overEnvironment({ inputs: action.inputs, values, env }),
    faults: [...faults, ...faultsOfHostFlags(values)],
    help: isOn('help'),
    json: isOn('json'),
    ...(outputsFile === undefined ? {} : { outputsFile }),
    ...(recordFile === undefined ? {} : { recordFile }),
    detail: isOn('quiet') ? 'quiet' : isOn('verbose') ? 'verbose' : 'normal',
  };
}

function formsOf(flags: Readonly<Record<string, { readonly form: InputForm }>>): ReadonlyMap<string, InputForm> {
  return new Map(Object.entries(flags).map(([name, { form }]) => [name, form]));
}

function overEnvironment(about: { inputs: InputTable; values: ReadonlyMap<string, string>; env: Environment }): GivenInputs {
  const { inputs, values, env } = about;
  const former = Object.values(inputs).flatMap(({ formerly }) => formerly);
  const renamed = former.map(name => [name, env[variableOf(name)]] as const).filter(([, value]) => value);
  const known = Object.keys(inputs).map(name => {
    const flag = name in hostFlags ? undefined : values.get(name);
    return [name, flag || env[variableOf(name)]] as const;
  });
  return Object.fromEntries([...known, ...renamed]);
}

const outputsEnding = /\.(?:env|json)$/;

function faultsOfHostFlags(values: ReadonlyMap<string, string>): InputFault[] {
  const wrongWords = ['json', 'quiet', 'verbose', 'help'].flatMap(flag => {
    const value = values.get(flag) ?? 'true';
    return value === 'true' || value === 'false' ? [] : [wrongValue({ flag, value, allowed: 'true or false' })];
  });
  const file = values.get('outputs-file') || undefined;
  if (file === undefined || outputsEnding.test(file)) return wrongWords;
  return [...wrongWords, wrongValue({ flag: 'outputs-file', value: file, allowed: 'a file name that ends in .env or .json' })];
}

function wrongValue({ flag, value, allowed }: { flag: string; value: string; allowed: string }): InputFault {
  const input = `--${flag}`;
  return { input, code: 'INPUT_INVALID', message: `The flag ${input} is not valid.`, expected: allowed, found: excerpt(value) };
}
