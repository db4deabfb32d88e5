import { withFolder } from '@eks-gitops/testbed';
import type { Contestant, Entry, Preparing, Target, Unit } from './entry.ts';
import { ratiosOf, type Spread, spreadOf } from './statistics.ts';

export interface EntryResult {
  readonly name: string;
  readonly title: string;
  readonly unit: Unit;
  readonly contestants: readonly ContestantResult[];
  readonly targets: readonly TargetResult[];
}

export interface ContestantResult extends Spread {
  readonly name: string;
  /** Compared with the first contestant, round by round. */
  readonly ratio: Spread;
  readonly samples: readonly number[];
}

export interface TargetResult extends Target {
  /** The median that is compared with `atMost`. */
  readonly found: number;
  readonly met: boolean;
}

export interface RunOptions extends Omit<Preparing, 'folder'> {
  readonly report: (line: string) => void;
}

/** Measures an entry's contestants in turn, round by round, after one round that does not count. */
export async function runEntry(entry: Entry, { signal, mainOf, report }: RunOptions): Promise<EntryResult> {
  return withFolder('bench', async folder => {
    const { contestants, close } = await entry.prepare({ folder, signal, mainOf });
    try {
      const samples = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
      for (let round = 0; round <= entry.rounds; round += 1) {
        signal.throwIfAborted();
        report(`${entry.name}: ${round === 0 ? 'warming up' : `round ${round} of ${entry.rounds}`}`);
        for (const { name, measure } of inTurn(contestants, round)) {
          const amount = await measure();
          if (round > 0) samples.get(name)?.push(amount);
        }
      }
      return judge(entry, samples);
    } finally {
      await close?.();
    }
  });
}

/** Another one begins in every round. */
export function inTurn(contestants: readonly Contestant[], round: number): readonly Contestant[] {
  const first = round % contestants.length;
  return [...contestants.slice(first), ...contestants.slice(0, first)];
}

/** What the samples of each contestant, in its rounds, say. */
export function judge(entry: Omit<Entry, 'prepare'>, samples: ReadonlyMap<string, readonly number[]>): EntryResult {
  const { name, title, unit, targets } = entry;
  const [base = []] = samples.values();
  const contestants = [...samples].map(([contestant, own]) => ({
    name: contestant,
    ...spreadOf(own),
    ratio: ratiosOf(own, base),
    samples: own,
  }));
  const reached = targets.map(target => {
    const own = samples.get(target.of) ?? [];
    const against = target.against === undefined ? undefined : samples.get(target.against);
    const { median: found } = against === undefined ? spreadOf(own) : ratiosOf(own, against);
    return { ...target, found, met: found <= target.atMost };
  });
  return { name, title, unit, contestants, targets: reached };
}
