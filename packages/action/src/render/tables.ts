import { errorCodes, exitCodes } from '@eks-gitops/errors';
import type { Action } from '../action.ts';
import type { Input } from '../input.ts';

/** A row for each action, with a link to the README in its folder. */
export function actionsTable(actions: readonly Action[]): string {
  return table(
    ['action', 'what it does'],
    actions.map(({ name, description }) => [`[${code(name)}](actions/${name}/README.md)`, description]),
  );
}

/** The inputs as a Markdown table, what is required first. */
export function inputsTable({ inputs }: Action): string {
  const entries = Object.entries(inputs);
  const ordered = [...entries.filter(([, { required }]) => required), ...entries.filter(([, { required }]) => !required)];
  return table(
    ['input', 'meaning', 'allowed', 'default'],
    ordered.map(([name, input]) => [code(name), meaningOf(input), input.allowed, defaultOf(input)]),
  );
}

export function outputsTable({ outputs }: Action): string {
  return table(
    ['output', 'meaning'],
    Object.entries(outputs).map(([name, meaning]) => [code(name), meaning]),
  );
}

/** Every error code with the exit code of the command and its meaning. */
export function errorsTable(): string {
  return table(
    ['code', 'exit code', 'meaning'],
    Object.entries(errorCodes).map(([name, { ending, meaning }]) => [code(name), String(exitCodes[ending]), meaning]),
  );
}

function meaningOf({ description, secret }: Input<unknown>): string {
  return secret ? `${description} Secret.` : description;
}

function defaultOf({ required, default: given }: Input<unknown>): string {
  if (required) return '**required**';
  return given === undefined || given === '' ? '' : code(given.replaceAll('\n', ','));
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heads, heads.map(() => '---'), ...rows.map(row => row.map(cell))];
  return lines.map(line => `| ${line.join(' | ')} |`.replaceAll('|  |', '| |')).join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function code(text: string): string {
  return `\`${text}\``;
}
