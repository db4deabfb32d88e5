import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const run = (script: string, ...args: string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, `${script}.ts`), ...args], { encoding: 'utf8' });

test.each(['lab', 'test'])('scripts/%s takes an unknown flag for wrong use, and points to its help', script => {
  const { status, stdout, stderr } = run(script, '--no-such-flag');
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(new RegExp(`^Unknown option '--no-such-flag'.*\\nRun scripts/${script} --help\\.\\n$`));
  expect(run(script, '--help').stdout).toContain(`Usage: scripts/${script}`);
});
