import { expect, test } from '@jest/globals';
import { type ProgressLine, readProgress } from './progress.ts';

const at = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1_000).toISOString();
const base64 = (text: string) => Buffer.from(text).toString('base64');
const vertex = (change: object) =>
  JSON.stringify({ vertexes: [{ digest: 'sha256:a', name: '[build 2/3] RUN make', ...change }] });
const log = (text: string | Buffer, seconds: number) =>
  JSON.stringify({
    logs: [{ vertex: 'sha256:a', stream: 1, data: Buffer.from(text).toString('base64'), timestamp: at(seconds) }],
  });

function read(...lines: string[]) {
  const reader = readProgress();
  const said: ProgressLine[] = [...lines.flatMap(line => [...reader.read(line)]), ...reader.end()];
  return {
    said: said.map(({ text }) => text),
    kinds: said.map(({ kind }) => kind),
    failed: reader.failedStep(),
    words: reader.words(),
  };
}

test('a step is announced once, with its output and how long it took', () => {
  const { said } = read(
    vertex({}),
    vertex({ started: at(0) }),
    vertex({ started: at(0) }),
    log('one\ntw', 0.5),
    log('o\n', 1),
    vertex({ started: at(0), completed: at(2.25) }),
  );
  expect(said).toEqual(['#1 [build 2/3] RUN make', '#1 0.5 one', '#1 1.0 two', '#1 DONE 2.3s']);
});

test('a step that BuildKit takes up again ends once', () => {
  const { said } = read(
    vertex({ started: at(0), completed: at(0) }),
    vertex({ started: at(0) }),
    log('one\n', 1),
    vertex({ started: at(0), completed: at(3) }),
  );
  expect(said).toEqual(['#1 [build 2/3] RUN make', '#1 1.0 one', '#1 DONE 3.0s']);
});

test('a cached step says so', () => {
  expect(read(vertex({ started: at(0), completed: at(0), cached: true })).said).toEqual(['#1 [build 2/3] RUN make', '#1 CACHED']);
});

test('a failed step keeps its last twenty lines and its error; a step that was cancelled is not the failed one', () => {
  const output = Array.from({ length: 30 }, (_, index) => `line ${index}`).join('\n');
  const { failed, said } = read(
    vertex({ started: at(0) }),
    log(output, 1),
    vertex({ started: at(0), completed: at(2), error: 'exit code: 2' }),
    JSON.stringify({
      vertexes: [{ digest: 'sha256:b', name: 'other', started: at(0), completed: at(2), error: 'context canceled' }],
    }),
  );
  expect(failed).toMatchObject({ name: '[build 2/3] RUN make', error: 'exit code: 2' });
  expect(failed?.log).toHaveLength(20);
  expect(failed?.log.at(-1)).toBe('line 29');
  expect(said.slice(-4)).toEqual(['#1 line 29', '#1 ERROR: exit code: 2', '#2 other', '#2 CANCELED']);
});

test('a character split between two chunks is whole again, and a progress bar shows its last state', () => {
  const bytes = Buffer.from('10%\r100% ✓\n');
  const { said } = read(vertex({ started: at(0) }), log(bytes.subarray(0, 10), 0), log(bytes.subarray(10), 0));
  expect(said).toEqual(['#1 [build 2/3] RUN make', '#1 0.0 100% ✓']);
});

test('finished transfers are told with their size', () => {
  const status = { id: 'pushing layers', vertex: 'sha256:a', started: at(0), completed: at(1.5) };
  const sized = { id: 'sha256:1', vertex: 'sha256:a', current: 2_500_000, total: 2_500_000, started: at(0), completed: at(1) };
  const { said } = read(
    vertex({ started: at(0) }),
    JSON.stringify({ statuses: [{ ...status, completed: undefined }, status, sized] }),
  );
  expect(said.slice(1)).toEqual(['#1 pushing layers done 1.5s', '#1 sha256:1 2.50MB / 2.50MB done 1.0s']);
});

test('what BuildKit does around the steps is a detail, its failure is not', () => {
  const internal = { name: '[internal] load .dockerignore', started: at(0) };
  expect(read(vertex(internal), vertex({ ...internal, completed: at(1) })).kinds).toEqual(['detail', 'detail']);
  expect(read(vertex(internal), vertex({ ...internal, completed: at(1), error: 'x' })).kinds).toEqual(['detail', 'step']);
});

test('a warning names its place', () => {
  const warning = {
    short: base64('FromAsCasing: casing differs'),
    url: 'https://docs.example/x',
    sourceInfo: { filename: 'Dockerfile' },
    range: [{ start: { line: 3 } }],
  };
  expect(read(JSON.stringify({ warnings: [warning] }))).toMatchObject({
    said: ['FromAsCasing: casing differs (Dockerfile:3), see https://docs.example/x'],
    kinds: ['warning'],
  });
});

test('lines that are no status are buildx’s own words', () => {
  expect(read('Dockerfile:2', '{not json', 'ERROR: no', '').words).toBe('Dockerfile:2\n{not json\nERROR: no');
});
