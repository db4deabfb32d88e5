import type * as Core from '@actions/core';
import type { Log } from '../context.ts';

/** Says things on the GitHub runner; `clean` makes text safe for its log. */
export function createRunnerLog(core: typeof Core, clean: (text: string) => string): Log {
  return {
    info: message => core.info(clean(message)),
    notice: message => core.notice(clean(message)),
    warning: message => core.warning(clean(message)),
    debug: message => core.debug(clean(message)),
    async group(title, run) {
      core.startGroup(clean(title));
      try {
        return await run();
      } finally {
        core.endGroup();
      }
    },
  };
}
