import { stripVTControlCharacters } from 'node:util';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this removes
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text as plain lines: no escape sequences, no control characters besides line feed and tab, no characters that reverse the writing
 * direction. A carriage return ends a line, as it does for the GitHub runner's log reader.
 */
export function plainText(text: string): string {
  return stripVTControlCharacters(text).replace(/\r\n?/g, '\n').replace(controls, '');
}

/**
 * Plain text of which no line is a workflow command: the runner takes `::name::` after leading blanks, and `##[name]` anywhere.
 * https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 */
export function inertText(text: string): string {
  return plainText(text)
    .replace(/^(\s*)::/gm, '$1: :')
    .replaceAll('##[', '## [');
}
