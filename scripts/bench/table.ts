import type { Unit } from './entry.ts';
import type { ContestantResult, EntryResult, TargetResult } from './run.ts';
import type { Spread } from './statistics.ts';

/** A result as text for people: a line for each contestant, and one for each target. */
export function formatResult({ title, unit, contestants, targets }: EntryResult): string {
  const rows = contestants.map(contestant => rowOf(contestant, unit));
  const widths = [0, 1, 2].map(column => Math.max(...rows.map(row => row[column]?.length ?? 0)));
  const lines = rows.map(row => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
  return [title, ...lines, ...targets.map(target => formatTarget(target, unit))].join('\n');
}

function rowOf(contestant: ContestantResult, unit: Unit): string[] {
  const { name, ratio } = contestant;
  return [name, formatSpread(contestant, amount => formatAmount(amount, unit)), formatSpread(ratio, formatRatio)];
}

function formatSpread({ median, low, high }: Spread, format: (amount: number) => string): string {
  const [middle, from, to] = [median, low, high].map(format);
  return from === to ? `${middle}` : `${middle} (${from} to ${to})`;
}

function formatTarget({ of, atMost, against, found, met }: TargetResult, unit: Unit): string {
  const format = against === undefined ? (amount: number) => formatAmount(amount, unit) : formatRatio;
  const limit = against === undefined ? format(atMost) : `${format(atMost)} of ${against}`;
  return `  ${met ? '✓' : '✗'} ${of}: ${format(found)}, at most ${limit}`;
}

function formatRatio(ratio: number): string {
  return `${ratio < 0.1 ? ratio.toFixed(3) : ratio.toFixed(2)}×`;
}

function formatAmount(amount: number, unit: Unit): string {
  if (unit === 'requests') return amount === 1 ? '1 request' : `${amount} requests`;
  if (unit === 'bytes') return amount < 10_000 ? `${amount} B` : `${(amount / 1024).toFixed(0)} KiB`;
  return amount < 10_000 ? `${amount.toFixed(amount < 100 ? 1 : 0)} ms` : `${(amount / 1000).toFixed(1)} s`;
}
