/** What has to be so, one after the other, before an Ingress counts as answering; `tls` only where the URL is https. */
export const stages = ['exists', 'address', 'name', 'connection', 'tls', 'status', 'header', 'body', 'consecutive'] as const;

export type Stage = (typeof stages)[number];

export interface StageTime {
  readonly stage: Stage;
  readonly seconds: number;
}

export interface StageClock {
  /** Says that this stage, and with it all before it, has been seen to be so; only the first time counts. */
  readonly pass: (stage: Stage) => void;
  /** How long each stage took from the one before it, in the order in which they were passed. */
  readonly times: () => readonly StageTime[];
}

/** Measures stages from now on; `now` gives milliseconds. */
export function startStageClock(now: () => number = () => performance.now()): StageClock {
  const passed = new Map<Stage, number>();
  let last = now();
  return {
    pass(stage) {
      if (passed.has(stage)) return;
      const time = now();
      passed.set(stage, time - last);
      last = time;
    },
    times: () => [...passed].map(([stage, took]) => ({ stage, seconds: Math.round(took) / 1000 })),
  };
}
