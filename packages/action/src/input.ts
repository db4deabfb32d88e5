import { z } from 'zod';

/** How a value is written by a user: it decides the flag's form, the help text and how lists are split. */
export type InputForm = 'text' | 'boolean' | 'lines' | 'items' | 'duration';

/** One input of an action; `T` is what the action receives. */
export interface Input<T> {
  readonly description: string;
  readonly form: InputForm;
  /** What is allowed, in the words of an error message. */
  readonly allowed: string;
  /** The only words allowed, where the input is a choice. */
  readonly words?: readonly string[];
  /** A realistic value for help texts and documentation. */
  readonly example?: string;
  readonly required: boolean;
  /** Masked before anything can print it, and never shown as a default. */
  readonly secret: boolean;
  /** Written as the user would write it. */
  readonly default?: string;
  /** Names that this input had before: giving one is an error that names the new one. */
  readonly formerly: readonly string[];
  /**
   * Tells a value that the CI blanked from one that was not given: a runner's action.yml then carries the default `none`.
   * GitHub blanks job outputs that hold a masked value.
   */
  readonly tellsBlank: boolean;
  readonly schema: z.ZodType<T, string>;
  /** What the action receives when nothing is given. */
  readonly absent: T;
}

export interface InputOptions {
  readonly description: string;
  readonly required?: true;
  readonly default?: string;
  /** A realistic value for help texts; required inputs have one. */
  readonly example?: string;
  readonly secret?: true;
  readonly formerly?: readonly string[];
  readonly tellsBlank?: true;
}

/** The values of a table of inputs, by name. */
export type ValuesOf<Inputs> = { readonly [Name in keyof Inputs]: Inputs[Name] extends Input<infer T> ? T : never };

/** What is allowed where an input sets no bounds of its own. */
const general = {
  text: 'any text',
  lines: 'one item a line',
  items: 'items separated by commas or lines',
} as const;

/** Whether what is allowed says no more than the input's form does. */
export function isGeneral({ allowed }: Input<unknown>): boolean {
  return Object.values<string>(general).includes(allowed);
}

type Optional<Options, T> = Options extends { required: true } | { default: string } ? T : T | undefined;

interface TextShape<T> {
  readonly allowed?: string;
  readonly parse: (given: string) => T;
}

/** Any text, trimmed by nothing: what is given is what the action gets. `parse` turns it into a value or throws with the reason. */
export function text<const Options extends InputOptions>(
  options: Options,
  value?: { readonly allowed: string },
): Input<Optional<Options, string>>;
export function text<const Options extends InputOptions, T>(options: Options, value: TextShape<T>): Input<Optional<Options, T>>;
export function text(options: InputOptions, value: Partial<TextShape<unknown>> = {}): Input<unknown> {
  const { allowed = general.text, parse } = value;
  return make(options, { form: 'text', allowed, schema: parsed(parse) });
}

/** One of a fixed set of words. */
export function choice<const Options extends InputOptions, const Word extends string>(
  options: Options,
  words: readonly [Word, ...Word[]],
): Input<Optional<Options, Word>> {
  return make(options, { form: 'text', allowed: words.join(', '), words, schema: z.string().trim().pipe(z.enum(words)) });
}

/** Exactly `true` or `false`; false when nothing is given and there is no default. */
export function boolean<const Options extends InputOptions>(options: Options): Input<boolean> {
  const words = ['true', 'false'] as const;
  const schema = z
    .string()
    .trim()
    .pipe(z.enum(words))
    .transform(given => given === 'true');
  return make({ default: 'false', ...options }, { form: 'boolean', allowed: 'true or false', words, schema });
}

/** One item a line, for items that can hold commas; blank lines are passed over. */
export function lines<T = string>(
  options: InputOptions,
  value: { allowed?: string; parse?: (item: string) => T } = {},
): Input<readonly T[]> {
  const { allowed = general.lines, parse } = value;
  return make(options, { form: 'lines', allowed, schema: listOf(/\r?\n/, parse), empty: [] });
}

/** One item a line or separated by commas, for items that cannot hold a comma. */
export function items<T = string>(
  options: InputOptions,
  value: { allowed?: string; parse?: (item: string) => T } = {},
): Input<readonly T[]> {
  const { allowed = general.items, parse } = value;
  return make(options, { form: 'items', allowed, schema: listOf(/\r?\n|,/, parse), empty: [] });
}

/** A duration such as `90s`, `10m` or `1h`, received in milliseconds. */
export function duration<const Options extends InputOptions>(options: Options): Input<Optional<Options, number>> {
  const allowed = 'a duration such as 90s, 10m or 1h';
  return make(options, { form: 'duration', allowed, schema: parsed(given => parseDuration(given.trim())) });
}

const unitMilliseconds = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** Milliseconds of `90s`, `10m`, `1h`, or of a sum such as `1h30m`; throws a sentence for anything else. */
export function parseDuration(given: string): number {
  const parts = [...given.matchAll(/(\d{1,6})([smh])/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== given) throw new Error(`"${given}" is not a duration`);
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * unitMilliseconds[unit as keyof typeof unitMilliseconds], 0);
}

interface Shape {
  readonly form: InputForm;
  readonly allowed: string;
  readonly words?: readonly string[];
  readonly schema: z.ZodType<unknown, string>;
  readonly empty?: unknown;
}

// The one place where the option's type decides the value's type: `required` and `default` make a value certain.
function make<T>(options: InputOptions, shape: Shape): Input<T> {
  const { description, required = false, secret = false, formerly = [], tellsBlank = false } = options;
  const { default: given, example } = options;
  return {
    description,
    form: shape.form,
    allowed: shape.allowed,
    ...(shape.words === undefined ? {} : { words: shape.words }),
    ...(example === undefined ? {} : { example }),
    required,
    secret,
    formerly,
    tellsBlank,
    schema: shape.schema as z.ZodType<T, string>,
    absent: (given === undefined ? shape.empty : shape.schema.parse(given)) as T,
    ...(given === undefined ? {} : { default: given }),
  };
}

function parsed<T>(parse: ((given: string) => T) | undefined): z.ZodType<T | string, string> {
  if (parse === undefined) return z.string();
  return z.string().transform((given, context) => attempt(() => parse(given), context));
}

function listOf<T>(separator: RegExp, parse: ((item: string) => T) | undefined): z.ZodType<readonly unknown[], string> {
  return z.string().transform((given, context) => {
    const found = given.split(separator).flatMap(item => (item.trim() === '' ? [] : [item.trim()]));
    return parse === undefined ? found : attempt(() => found.map(parse), context);
  });
}

function attempt<T>(parse: () => T, context: z.RefinementCtx): T {
  try {
    return parse();
  } catch (thrown) {
    context.addIssue({ code: 'custom', message: thrown instanceof Error ? thrown.message : String(thrown), params: { thrown } });
    return z.NEVER;
  }
}
