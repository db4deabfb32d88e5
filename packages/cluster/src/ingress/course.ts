import { ActionError } from '@eks-gitops/errors';
import { lacking, type Shortfall } from './shortfall.ts';
import { type Stage, type StageTime, startStageClock } from './stages.ts';

/** How far a wait has come, and what it tells of it. */
export interface Course {
  /** Says what a stage found, the first time that it is passed. */
  readonly pass: (stage: Stage, sentence: string) => void;
  /** Says what is waited for, when that is something new. */
  readonly lack: (shortfall: Shortfall) => void;
  /** Says what a controller warned of; kept for the failure. */
  readonly warn: (line: string) => void;
  readonly times: () => readonly StageTime[];
  /** The failure that the wait ends with when its time is over. */
  readonly timedOut: (milliseconds: number) => ActionError;
}

/** At these stages a new load balancer is still being made. */
const provisioning: readonly Stage[] = ['address', 'name', 'connection'];
const mostWarnings = 10;
const nothing: Shortfall = { stage: 'exists', expected: 'an answer', found: 'nothing yet' };
const asWarned = { likely: 'what its controller warned of', remedy: 'mend what the warnings name' };

export interface CourseOptions {
  /** What is waited for, such as `Ingress ui/ui`. */
  readonly subject: string;
  readonly onProgress: (sentence: string) => void;
}

export function startCourse({ subject, onProgress }: CourseOptions): Course {
  const clock = startStageClock();
  const warnings: string[] = [];
  let last: Shortfall | undefined;
  let explained = false;
  return {
    pass(stage, sentence) {
      if (clock.times().some(passed => passed.stage === stage)) return;
      clock.pass(stage);
      onProgress(`${sentence} (${clock.times().at(-1)?.seconds ?? 0} s)`);
    },
    lack(shortfall) {
      const isNews = shortfall.stage !== last?.stage || shortfall.found !== last.found;
      last = shortfall;
      if (!isNews) return;
      onProgress(`Waiting for ${subject}: ${lacking[shortfall.stage]} (found: ${shortfall.found})`);
      if (explained || !provisioning.includes(shortfall.stage)) return;
      explained = true;
      onProgress('A new load balancer takes 2 to 5 minutes until it answers: that is normal.');
    },
    warn(line) {
      warnings.push(line);
      onProgress(line);
    },
    times: clock.times,
    timedOut(milliseconds) {
      const { stage, ...facts } = { ...(last ?? nothing), ...(last?.stage === 'address' && warnings.length > 0 ? asWarned : {}) };
      const detail = [...warnings.slice(-mostWarnings), ...(facts.detail === undefined ? [] : [facts.detail])].join('\n');
      return new ActionError({
        code: 'TIMED_OUT',
        message: `${subject} is not answering after ${milliseconds / 1000} s: ${lacking[stage]} (stage ${stage}).`,
        ...facts,
        detail: detail === '' ? undefined : detail,
      });
    },
  };
}
