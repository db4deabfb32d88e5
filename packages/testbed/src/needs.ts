import { test } from '@jest/globals';
import { inSandbox } from './sandbox/current.ts';
import { findTool } from './toolchain/find.ts';
import { type ToolName, toolNames } from './toolchain/table.ts';

/** What a test may need that a machine may lack. `sandbox`: to be started by scripts/test as root. */
export type Need = ToolName | 'root' | 'sandbox';

/** The words in a test's name by which scripts/test tells why it could not run. */
export const needsMark = 'needs';

/**
 * The `test` function for tests with needs: where one is missing they are not run, and scripts/test lists them by name as
 * tests that could not run. For example `const test = await testNeeding('sandbox', 'buildkitd')`.
 */
export async function testNeeding(...needs: readonly Need[]): Promise<typeof test> {
  const missing = [];
  for (const need of needs) if (!(await isMet(need))) missing.push(need);
  if (missing.length === 0) return test;
  const unable = (name: string): void => test.skip(`${name} [${needsMark} ${missing.join(', ')}]`, () => undefined);
  return Object.assign(unable, { ...test, each: test.skip.each }) as typeof test;
}

async function isMet(need: Need): Promise<boolean> {
  if (need === 'root') return process.getuid?.() === 0;
  if (need === 'sandbox') return inSandbox();
  return toolNames.includes(need) && (await findTool(need)) !== undefined;
}
