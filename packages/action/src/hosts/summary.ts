import { type ActionError, formatError } from '@eks-gitops/errors';
import type { Outputs } from '../run-action.ts';

/** Outputs for machines, too long for a page. */
const leftOut = new Set(['metadata', 'record']);

/** The job summary of a step that succeeded: its outputs as a table. */
export function summaryOfOutputs(name: string, outputs: Outputs): string {
  const rows = Object.entries(outputs)
    .filter(([output, value]) => value !== '' && !leftOut.has(output))
    .map(([output, value]) => `| ${output} | ${value.split('\n').map(code).join('<br>')} |`);
  return [`### ${name}`, '', '| output | value |', '|---|---|', ...rows, ''].join('\n');
}

/** The job summary of a step that failed: the whole error. */
export function summaryOfError(name: string, error: ActionError): string {
  const text = formatError(error);
  const fence = '`'.repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)));
  return [`### ${name} failed`, '', `${fence}text`, text, fence, ''].join('\n');
}

function code(text: string): string {
  return `<code>${text.replace(/[&<>|]/g, character => `&#${character.charCodeAt(0)};`)}</code>`;
}
