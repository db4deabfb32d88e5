import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LineTooLong, readLines } from './lines.ts';

test('lines come out whole, wherever the pieces are cut, in the middle of a character too', async () => {
  const text = fc.string({ unit: 'grapheme' }).map(line => line.replaceAll('\n', ' '));
  await fc.assert(
    fc.asyncProperty(fc.array(text), fc.array(fc.nat({ max: 12 })), async (lines, cuts) => {
      const bytes = Buffer.from(lines.map(line => `${line}\n`).join(''));
      const expected = bytes.toString('utf8').split('\n').slice(0, -1);
      expect(await collect(pieces(bytes, cuts))).toEqual(expected);
    }),
  );
});

test('what is cut off at the end is dropped', async () => {
  expect(await collect([Buffer.from('{"a":1}\n{"b"')])).toEqual(['{"a":1}']);
});

test('a line without end is not gathered for ever', async () => {
  const endless = Array.from({ length: 10 }, () => Buffer.from('x'.repeat(100)));
  await expect(collect(endless, 500)).rejects.toThrow(LineTooLong);
  const long = [...endless.slice(0, 4), Buffer.from('\n')];
  expect(await collect([...long, ...long], 500)).toHaveLength(2);
});

function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const made: Buffer[] = [];
  let from = 0;
  for (const cut of cuts) {
    made.push(bytes.subarray(from, from + cut));
    from += cut;
  }
  return [...made, bytes.subarray(from)];
}

async function collect(chunks: readonly Buffer[], limit = 1_000_000): Promise<string[]> {
  async function* stream(): AsyncGenerator<Buffer> {
    yield* chunks;
  }
  return Array.fromAsync(readLines(stream(), { limit }));
}
