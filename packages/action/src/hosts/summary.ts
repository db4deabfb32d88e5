import { type ActionError, formatError } from '@eks-gitops/errors';
import type { SummaryTable } from '../context.ts';
import type { Outputs } from '../run-action.ts';

/** Outputs for machines, too long for a page. */
const leftOut = new Set(['metadata', 'record']);

/** The job summary of a step that succeeded: its outputs as a table, and the action's own tables. */
export function summaryOfOutputs(name: string, outputs: Outputs, tables: readonly SummaryTable[]): string {
  const shown = new Set(tables.map(({ output }) => output));
  const rows = Object.entries(outputs)
    .filter(([output, value]) => value !== '' && !leftOut.has(output) && !shown.has(output))
    .map(([output, value]) => [output, value.split('\n').map(code).join('<br>')]);
  return [`### ${name}`, '', ...markdownTable(['output', 'value'], rows), ...own(tables)].join('\n');
}

/** The job summary of a step that failed: the whole error, and what the action had shown by then. */
export function summaryOfError(name: string, error: ActionError, tables: readonly SummaryTable[]): string {
  const text = formatError(error);
  const fence = '`'.repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)));
  return [`### ${name} failed`, '', `${fence}text`, text, fence, '', ...own(tables)].join('\n');
}

function own(tables: readonly SummaryTable[]): string[] {
  return tables.flatMap(({ head, rows }) =>
    markdownTable(
      head,
      rows.map(row => row.map(code)),
    ),
  );
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line), ''];
}

function code(text: string): string {
  return `<code>${text.replace(/[&<>|]/g, character => `&#${character.charCodeAt(0)};`)}</code>`;
}
