import { ActionError } from '@eks-gitops/errors';
import { execa } from 'execa';

/** Rejects with TOOL_MISSING, saying what to run, on a machine where the lab cannot be: not Linux on amd64, not root, no namespaces. */
export async function demandLabMachine(): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw missing({ what: 'a Linux machine with an amd64 processor', found: `${process.platform} on ${process.arch}` });
  }
  if (process.getuid?.() !== 0) {
    throw missing({
      what: 'root',
      found: `user id ${process.getuid?.()}`,
      remedy: 'Run: sudo -E env "PATH=$PATH" ./scripts/lab',
    });
  }
  const { failed, stderr } = await execa('unshare', ['--net', '--mount', '--pid', '--fork', 'true'], { reject: false });
  if (failed) {
    const remedy = 'In a container, start it with --privileged.';
    throw missing({ what: 'the right to make namespaces', found: stderr.trim() || 'none', remedy });
  }
}

function missing({ what, found, remedy }: { what: string; found: string; remedy?: string }): ActionError {
  return new ActionError({ code: 'TOOL_MISSING', message: `The lab needs ${what}.`, expected: what, found, remedy });
}
