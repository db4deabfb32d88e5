import { test } from '@jest/globals';
import { inSandbox } from './sandbox/current.ts';
import { findTool } from './toolchain/find.ts';
import { type ToolName, toolNames } from './toolchain/table.ts';

/** What a test may need that a machine may lack. `sandbox`: to be started by scripts/test as root. */
export type Need = ToolName | 'root' | 'sandbox';

/**
 * The `test` function for tests with needs: where one is missing they are not run, and scripts/test lists them by name, with what is
 * missing, as tests that could not run. For example `const test = await testNeeding('sandbox', 'buildkitd')`.
 */
export async function testNeeding(...needs: readonly Need[]): Promise<TestFunction> {
  const met = await Promise.all(needs.map(isMet));
  const missing = needs.filter((_, index) => !met[index]);
  if (missing.length === 0) return test;
  const skip = (name: string): void => test.skip(`${name} [needs ${missing.join(', ')}]`, () => undefined);
  return Object.assign(skip, { concurrent: skip });
}

export interface TestFunction {
  (name: string, body: () => void | Promise<void>, timeout?: number): void;
  /** Runs beside others of its file: for tests with worlds of their own that wait more than they work. */
  readonly concurrent: (name: string, body: () => Promise<void>, timeout?: number) => void;
}

async function isMet(need: Need): Promise<boolean> {
  if (need === 'root') return process.getuid?.() === 0;
  if (need === 'sandbox') return inSandbox();
  return toolNames.includes(need) && (await findTool(need)) !== undefined;
}
