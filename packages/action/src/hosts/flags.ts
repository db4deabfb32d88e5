import { parseArgs } from 'node:util';
import type { InputForm } from '../input.ts';
import { excerpt, type InputFault } from '../input-fault.ts';
import { nearestName } from '../nearest.ts';

export interface FlagGrammar {
  /** The form of each flag, by name. */
  readonly forms: ReadonlyMap<string, InputForm>;
  /** Former names with their new ones. */
  readonly renamed: ReadonlyMap<string, string>;
  readonly args: readonly string[];
}

export interface FlagsRead {
  /** The text given to each known flag; the items of a list one a line. */
  readonly values: ReadonlyMap<string, string>;
  readonly faults: readonly InputFault[];
}

/** Reads `--flag value`, `--flag=value` and bare booleans; list flags repeat. Collects every fault. */
export function readFlags(grammar: FlagGrammar): FlagsRead {
  const occurrences = occurrencesOf(grammar);
  const values = new Map(
    [...grammar.forms.keys()].flatMap(name => {
      const texts = occurrences.flatMap(one => (one.name === name && one.value !== undefined ? [one.value] : []));
      return texts.length === 0 ? [] : [[name, texts.filter(text => text !== '').join('\n')] as const];
    }),
  );
  return { values, faults: occurrences.flatMap((one, index) => faultOf({ one, before: occurrences.slice(0, index), grammar })) };
}

/** A flag as it was written, or a word that belongs to none (its name is empty). */
interface Occurrence {
  readonly name: string;
  readonly written: string;
  readonly value: string | undefined;
  /** The value came as the next argument, so that it may be a flag whose own value is missing before it. */
  readonly separate: boolean;
}

function occurrencesOf({ forms, args }: FlagGrammar): readonly Occurrence[] {
  const types = [...forms].map(([name, form]) => [name, { type: form === 'boolean' ? 'boolean' : 'string' } as const]);
  const options = { ...Object.fromEntries(types), help: { type: 'boolean', short: 'h' } } as const;
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const found: Occurrence[] = [];
  for (const token of tokens) {
    const last = found.at(-1);
    if (token.kind === 'option') {
      found.push({ name: token.name, written: token.rawName, value: token.value, separate: token.inlineValue === false });
    } else if (token.kind === 'positional' && last !== undefined && takesNext(last, { word: token.value, forms })) {
      found.splice(-1, 1, { ...last, value: token.value });
    } else if (token.kind === 'positional') {
      found.push({ name: '', written: token.value, value: undefined, separate: false });
    }
  }
  return found.map(one => (forms.get(one.name) === 'boolean' && one.value === undefined ? { ...one, value: 'true' } : one));
}

/** A boolean takes a following `true` or `false`; the word after an unknown flag is its value, and no fault of its own. */
function takesNext({ name, value }: Occurrence, { word, forms }: { word: string; forms: FlagGrammar['forms'] }): boolean {
  if (name === '' || value !== undefined) return false;
  return forms.has(name) ? forms.get(name) === 'boolean' && /^(?:true|false)$/.test(word) : true;
}

interface Judged {
  readonly one: Occurrence;
  readonly before: readonly Occurrence[];
  readonly grammar: FlagGrammar;
}

function faultOf({ one, before, grammar }: Judged): InputFault[] {
  const form = grammar.forms.get(one.name);
  if (one.name === '') return [strayWord(one.written)];
  if (form === undefined) return [unknownFlag(one, grammar)];
  if (one.value === undefined) return [valueMissing(one, 'nothing')];
  if (one.separate && isFlag(one.value, grammar)) return [valueMissing(one, `the flag ${one.value}`)];
  const repeats = form !== 'lines' && form !== 'items' && before.some(({ name }) => name === one.name);
  return repeats ? [givenTwice(one)] : [];
}

function isFlag(word: string, { forms }: FlagGrammar): boolean {
  return word.startsWith('--') && forms.has(word.slice(2).replace(/=.*$/s, ''));
}

function strayWord(word: string): InputFault {
  return {
    input: excerpt(word),
    code: 'INPUT_UNKNOWN',
    message: `${excerpt(word)} belongs to no flag.`,
    expected: '--flag value or --flag=value',
    likely: 'a value with blanks is not in quotes',
  };
}

function unknownFlag({ name, written }: Occurrence, { forms, renamed }: FlagGrammar): InputFault {
  const fault = { input: written, code: 'INPUT_UNKNOWN' } as const;
  const now = renamed.get(name);
  if (now !== undefined)
    return { ...fault, message: `The input ${written} has been renamed to --${now}.`, remedy: `use --${now}`, meant: now };
  const near = nearestName(name, [...forms.keys()]);
  const remedy = near === undefined ? 'run the same command with --help to see the flags' : `did you mean --${near}?`;
  return { ...fault, meant: near, message: `There is no flag ${written}.`, remedy };
}

function valueMissing({ written }: Occurrence, found: string): InputFault {
  return {
    input: written,
    code: 'INPUT_INVALID',
    message: `The flag ${written} needs a value.`,
    expected: `${written}=value`,
    found,
  };
}

function givenTwice({ written }: Occurrence): InputFault {
  return { input: written, code: 'INPUT_INVALID', message: `The flag ${written} is given more than once.`, expected: 'it once' };
}
