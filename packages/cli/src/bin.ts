import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { runCommand } from './command.ts';

const cancel = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (cancel.signal.aborted) process.exit(130);
    cancel.abort();
  });
}
process.stdout.on('error', endQuietly);

const code = await runCommand({
  args: process.argv.slice(2),
  env: process.env,
  workspace: process.cwd(),
  temporary: process.env['RUNNER_TEMP'] || tmpdir(),
  stdout: process.stdout,
  stderr: process.stderr,
  signal: cancel.signal,
});
if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain');
process.exit(code);

/** Whoever read our output has gone, as `head` does. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
