import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import type { FileChange } from '../edit.ts';
import type { Texts } from './manifest.ts';

/** The changes as a unified diff, as git shows them. */
export function unifiedDiff(before: Texts, changes: readonly FileChange[]): string {
  return changes
    .map(({ path, content }) => {
      const old = before.get(path);
      const next = new TextDecoder('utf-8', { ignoreBOM: true }).decode(content);
      const from = old === undefined ? '/dev/null' : `a/${path}`;
      return createTwoFilesPatch(from, `b/${path}`, old ?? '', next, undefined, undefined, { headerOptions: FILE_HEADERS_ONLY });
    })
    .join('');
}
