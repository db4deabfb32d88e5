import type { ActionError, Failure } from '@eks-gitops/errors';
import type { Outputs } from '../run-action.ts';

/** How a run ended, for those who read results. */
export type Ending = { readonly outputs: Outputs } | { readonly error: ActionError };

/** Too long for a line of a dotenv file or a screen. */
const leftOut = new Set(['metadata', 'diff', 'template']);

/** The outputs as `name=value` lines for people and simple scripts; the lines of a list are joined by commas, empty ones left out. */
export function outputLines(outputs: Outputs): readonly string[] {
  return Object.entries(outputs).flatMap(([name, value]) =>
    leftOut.has(name) || value === '' ? [] : [`${name}=${oneLine(value)}`],
  );
}

/** One JSON object: the outputs, or the error with its stable code. */
export function endingAsJson(action: string, ending: Ending): string {
  if ('outputs' in ending) return JSON.stringify({ action, outputs: ending.outputs });
  return JSON.stringify({ action, error: wordsOf(ending.error) });
}

/**
 * The content of an outputs file, by its ending. `.env`: STAGING_TAG=… a line each, unquoted, as GitLab's dotenv reports want it; on
 * failure ERROR_CODE=…. `.json`: an object of the outputs by name; on failure only `error`.
 */
export function outputsFile(path: string, ending: Ending): string {
  return path.endsWith('.json') ? `${asObject(ending)}\n` : asDotenv(ending);
}

function asObject(ending: Ending): string {
  if ('outputs' in ending) return JSON.stringify(ending.outputs);
  return JSON.stringify({ error: wordsOf(ending.error) });
}

function wordsOf({ failure: { cause: _, ...words } }: ActionError): Omit<Failure, 'cause'> {
  return words;
}

function asDotenv(ending: Ending): string {
  const pairs = 'outputs' in ending ? Object.entries(ending.outputs) : [['error-code', ending.error.code] as const];
  return pairs
    .filter(([name]) => !leftOut.has(name))
    .map(([name, value]) => `${name.replaceAll('-', '_').toUpperCase()}=${oneLine(value)}\n`)
    .join('');
}

function oneLine(value: string): string {
  return value
    .split(/[\r\n]+/)
    .filter(line => line !== '')
    .join(',');
}
