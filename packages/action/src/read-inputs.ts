import { ActionError, type Failure } from '@eks-gitops/errors';
import type { z } from 'zod';
import type { InputTable } from './action.ts';
import type { Input, ValuesOf } from './input.ts';
import { excerpt, type InputFault, inputError } from './input-fault.ts';
import { nearestName } from './nearest.ts';
import { emptyRecord } from './record.ts';

/** What a user gave, by input name, as text; empty means not given. Names that no input has are faults. */
export type GivenInputs = Readonly<Record<string, string | undefined>>;

export interface InputReading<Inputs extends InputTable> {
  readonly inputs: Inputs;
  readonly given: GivenInputs;
  /** How the host's users write an input's name, and how they give it. */
  readonly spelling: InputSpelling;
  /** An empty value of an input that tells blanks is a fault: the host gives `none` where the user gave nothing. */
  readonly blanksTell: boolean;
  /** What the host found wrong before. */
  readonly faults?: readonly InputFault[];
}

export interface InputSpelling {
  name(input: string): string;
  /** What to do to give it, without a full stop. */
  give(input: string): string;
}

/**
 * Turns the text of inputs into typed values; an absent one gets its default.
 * Throws one ActionError for all faults: INPUT_MISSING, INPUT_INVALID, INPUT_UNKNOWN, RECORD_EMPTY, or the code that a value's parser threw.
 * Never repeats a secret.
 */
export function readInputs<const Inputs extends InputTable>(reading: InputReading<Inputs>): ValuesOf<Inputs> {
  const { inputs, given, spelling, faults = [] } = reading;
  const names = Object.keys(inputs);
  const misnamed = Object.keys(given).filter(name => !names.includes(name));
  const unknown = [...faults, ...misnamed.map(name => unknownInput({ name, inputs, spelling }))];
  const meant = new Set(unknown.map(fault => fault.meant));
  const results = Object.entries(inputs).map(([name, input]) => [name, readInput({ name, input, reading })] as const);
  const wrong = results.flatMap(([name, result]) =>
    'fault' in result && !isExplained(result.fault, { name, meant }) ? [result.fault] : [],
  );
  const [first, ...rest] = [...unknown, ...wrong];
  if (first !== undefined) throw inputError([first, ...rest]);
  return valuesIn(results);
}

/** An input that is missing because its name was misspelt is one fault, not two. */
function isExplained({ code }: InputFault, { name, meant }: { name: string; meant: ReadonlySet<string | undefined> }): boolean {
  return code === 'INPUT_MISSING' && meant.has(name);
}

type Result = { readonly value: unknown } | { readonly fault: InputFault };

// The one cast of this parser: each value comes from the schema of the input of its name.
function valuesIn<Inputs>(results: readonly (readonly [string, Result])[]): ValuesOf<Inputs> {
  return Object.fromEntries(
    results.map(([name, result]) => [name, 'value' in result ? result.value : undefined]),
  ) as ValuesOf<Inputs>;
}

interface OneInput {
  readonly name: string;
  readonly input: Input<unknown>;
  readonly reading: Omit<InputReading<InputTable>, 'inputs'>;
}

function readInput({ name, input, reading }: OneInput): Result {
  const { given, spelling, blanksTell } = reading;
  const text = given[name];
  const spelled = spelling.name(name);
  if (text === '' && input.tellsBlank && blanksTell) return { fault: { ...emptyRecord().failure, input: spelled } };
  if (text === undefined || text === '' || (input.tellsBlank && text === 'none')) {
    return input.required ? { fault: missing({ name, input, spelling, empty: text === '' }) } : { value: input.absent };
  }
  const parsed = input.schema.safeParse(text);
  return parsed.success ? { value: parsed.data } : { fault: invalid({ spelled, input, text, error: parsed.error }) };
}

function missing(about: { name: string; input: Input<unknown>; spelling: InputSpelling; empty: boolean }): InputFault {
  const { name, input, spelling, empty } = about;
  const spelled = spelling.name(name);
  return {
    input: spelled,
    code: 'INPUT_MISSING',
    message: `The input ${spelled} is required.`,
    expected: input.example === undefined ? input.allowed : `${input.allowed}, for example ${input.example}`,
    likely: empty ? 'the expression or variable that it is taken from is not set' : undefined,
    found: empty ? 'an empty value, which counts as not given' : 'nothing',
    remedy: spelling.give(name),
  };
}

function invalid(about: { spelled: string; input: Input<unknown>; text: string; error: z.ZodError }): InputFault {
  const { spelled, input, text, error } = about;
  const message = `The input ${spelled} is not valid.`;
  if (input.secret) {
    return {
      input: spelled,
      code: 'INPUT_INVALID',
      message,
      expected: input.allowed,
      found: 'a secret value, which is not shown',
    };
  }
  const [issue] = error.issues;
  const thrown = thrownBy(issue);
  if (thrown !== undefined) return { ...thrown, input: spelled, message: `The input ${spelled} is not valid: ${thrown.message}` };
  const reason = issue?.code === 'custom' ? ` ${issue.message.replace(/\.$/, '')}.` : '';
  const near = input.words === undefined ? undefined : nearestName(text.trim(), input.words);
  return {
    input: spelled,
    code: 'INPUT_INVALID',
    message: `${message.slice(0, -1)}${reason === '' ? '.' : `:${reason}`}`,
    expected: input.allowed,
    found: excerpt(text),
    ...(near === undefined ? {} : { remedy: `did you mean ${near}?` }),
  };
}

function thrownBy(issue: z.core.$ZodIssue | undefined): Failure | undefined {
  const thrown: unknown = issue?.code === 'custom' ? issue.params?.['thrown'] : undefined;
  return thrown instanceof ActionError ? thrown.failure : undefined;
}

/** With its new name, or the nearest right one. */
function unknownInput(about: { name: string; inputs: InputTable; spelling: InputSpelling }): InputFault {
  const { name, inputs, spelling } = about;
  const spelled = spelling.name(name);
  const renamed = Object.entries(inputs).find(([, { formerly }]) => formerly.includes(name))?.[0];
  const near = renamed ?? nearestName(name, Object.keys(inputs));
  const message =
    renamed === undefined
      ? `There is no input ${spelled}.`
      : `The input ${spelled} has been renamed to ${spelling.name(renamed)}.`;
  return {
    input: spelled,
    meant: near,
    code: 'INPUT_UNKNOWN',
    message,
    ...(renamed === undefined && near === undefined
      ? { expected: `one of ${Object.keys(inputs).map(spelling.name).join(', ')}` }
      : { remedy: renamed === undefined ? `did you mean ${spelling.name(near ?? '')}?` : `use ${spelling.name(renamed)}` }),
  };
}
