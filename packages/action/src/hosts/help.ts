import type { Action } from '../action.ts';
import { type Input, isGeneral } from '../input.ts';
import { hostFlags, usesRecord, variableOf } from './terminal-args.ts';

const width = 100;

/** The text of `eks-gitops <action> --help`: usage with a working example, inputs with what is required first, outputs, exit codes. */
export function helpFor(action: Action): string {
  const inputs = Object.entries(action.inputs).filter(([name]) => !(name in hostFlags));
  const required = inputs.filter(([, input]) => input.required);
  const optional = inputs.filter(([, input]) => !input.required);
  // Where one of several inputs is required, none is by itself: the first then shows what the action is for.
  const shown = required.length > 0 ? required : optional.filter(([, input]) => input.example !== undefined).slice(0, 1);
  const example = shown.map(([name, input]) => `--${name} ${input.example ?? placeholder(input)}`);
  return [
    action.description,
    '',
    'Usage:',
    ...wrap(
      ['eks-gitops', action.name, ...required.map(([name, input]) => `--${name} ${placeholder(input)}`), '[flags]'].join(' '),
      2,
    ),
    '',
    'Example:',
    `  ${['eks-gitops', action.name, ...example].join(' ')}`,
    ...section('Required:', required.map(inputEntry)),
    ...section('Optional:', optional.map(inputEntry)),
    ...section('For every action:', hostEntries(action)),
    ...section('Outputs:', Object.entries(action.outputs)),
    '',
    ...wrap(
      'Each input can also be given as an environment variable, such as ' +
        `${variableOf(inputs[0]?.[0] ?? 'image')}; the flag wins. An empty value counts as not given.`,
      0,
    ),
    'Exit codes: 0 done, 1 failed, 2 wrong usage, 3 timed out, 130 cancelled.',
    '',
  ].join('\n');
}

type Entry = readonly [head: string, text: string];

function inputEntry([name, input]: readonly [string, Input<unknown>]): Entry {
  return [`--${name} ${placeholder(input)}`.trimEnd(), [input.description, ...factsOf(name, input)].join(' ')];
}

function factsOf(name: string, input: Input<unknown>): string[] {
  const hasDefault = input.default !== undefined && input.form !== 'boolean' && input.default !== '';
  return [
    ...(input.words !== undefined || isGeneral(input) ? [] : [`[allowed: ${input.allowed}]`]),
    ...(hasDefault ? [`[default: ${input.default}]`] : []),
    ...(input.form === 'boolean' && input.default === 'true' ? [`[default: true; --${name}=false turns it off]`] : []),
    ...(input.secret
      ? [`Secret: better given as ${variableOf(name)} than as a flag, which other users of the machine can see.`]
      : []),
  ];
}

function placeholder({ form, words: choice }: Input<unknown>): string {
  if (form === 'text' && choice !== undefined) return choice.join('|');
  const words = { text: 'TEXT', boolean: '', lines: 'LINE…', items: 'ITEM,…', duration: 'DURATION' } as const;
  return words[form];
}

function hostEntries(action: Action): Entry[] {
  return Object.entries(hostFlags).flatMap(([name, { form, help }]) =>
    name === 'record' && !usesRecord(action) ? [] : [[`--${name}${form === 'boolean' ? '' : ' FILE'}`, help] as const],
  );
}

function section(title: string, entries: readonly Entry[]): string[] {
  return entries.length === 0 ? [] : ['', title, ...entries.flatMap(([head, text]) => [`  ${head}`, ...wrap(text, 6)])];
}

function wrap(text: string, indent: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && indent + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map(one => `${' '.repeat(indent)}${one}`);
}
