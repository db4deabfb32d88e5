import { StringDecoder } from 'node:string_decoder';
import { parseSolveStatus, type Vertex, type VertexLog, type VertexStatus, type VertexWarning } from './solve-status.ts';

/** One thing worth saying of a build under way. Details are what BuildKit does around the Dockerfile's steps. */
export interface ProgressLine {
  readonly kind: 'step' | 'detail' | 'warning';
  readonly text: string;
}

/** The step that ended a build, with the last lines it printed. */
export interface FailedStep {
  readonly name: string;
  readonly error: string;
  readonly log: readonly string[];
}

export interface ProgressReader {
  /** Takes one line of buildx's standard error. */
  read(line: string): readonly ProgressLine[];
  failedStep(): FailedStep | undefined;
  /** What buildx said itself: the excerpt of the Dockerfile and the error. */
  words(): string;
}

interface Step {
  readonly number: number;
  readonly name: string;
  started: number | undefined;
  announced: boolean;
  ended: boolean;
  error: string;
  readonly decoder: StringDecoder;
  pending: string;
  log: string[];
}

const keptLines = 20;
// Enough for any Dockerfile excerpt, and no more of a tool that talks without end.
const keptWords = 200;

/** Follows a build by its `--progress=rawjson` lines, and words them as `--progress=plain` does. */
export function readProgress(): ProgressReader {
  const steps = new Map<string, Step>();
  const words: string[] = [];

  const stepOf = (digest: string, name = ''): Step => {
    const known = steps.get(digest);
    if (known !== undefined) return known;
    const step = newStep(steps.size + 1, name);
    steps.set(digest, step);
    return step;
  };

  return {
    read: line => {
      const status = parseSolveStatus(line);
      if (status === undefined) {
        words.push(line);
        if (words.length > keptWords) words.shift();
        return [];
      }
      return [
        ...status.vertexes.flatMap(vertex => startStep(stepOf(vertex.digest, vertex.name), vertex)),
        ...status.statuses.flatMap(one => readStatus(stepOf(one.vertex), one)),
        ...status.logs.flatMap(one => readLog(stepOf(one.vertex), one)),
        ...status.warnings.map(readWarning),
        ...status.vertexes.flatMap(vertex => endStep(stepOf(vertex.digest), vertex)),
      ];
    },
    failedStep: () => {
      const failed = [...steps.values()].filter(({ error }) => error !== '' && !/context canceled/.test(error));
      return failed.map(({ name, error, log }) => ({ name, error, log })).at(-1);
    },
    words: () => words.join('\n').trim(),
  };
}

function newStep(number: number, name: string): Step {
  const decoder = new StringDecoder('utf8');
  return { number, name, started: undefined, announced: false, ended: false, error: '', decoder, pending: '', log: [] };
}

function startStep(step: Step, { started, cached, error }: Vertex): ProgressLine[] {
  step.started = started ?? step.started;
  step.error = error || step.error;
  if (step.announced || (started === undefined && !cached)) return [];
  step.announced = true;
  return [say(step, step.name)];
}

function endStep(step: Step, { completed, cached, error }: Vertex): ProgressLine[] {
  if (step.ended || (completed === undefined && !cached)) return [];
  step.ended = true;
  const rest = step.pending === '' ? [] : [keep(step, step.pending, completed ?? 0)];
  step.pending = '';
  if (error !== '') return [...rest, say(step, /context canceled/.test(error) ? 'CANCELED' : `ERROR: ${error}`)];
  return [...rest, say(step, cached ? 'CACHED' : `DONE ${seconds(step, completed ?? 0)}s`)];
}

function readStatus(step: Step, { id, started, completed, current, total }: VertexStatus): ProgressLine[] {
  if (completed === undefined) return [];
  const size = total > 0 ? ` ${megabytes(current)}MB / ${megabytes(total)}MB` : '';
  const took = started === undefined ? '' : ` ${((completed - started) / 1_000).toFixed(1)}s`;
  return [say(step, `${id}${size} done${took}`)];
}

function readLog(step: Step, { data, timestamp }: VertexLog): ProgressLine[] {
  const lines = (step.pending + step.decoder.write(data)).split(/\r?\n/);
  step.pending = lines.pop() ?? '';
  return lines.map(line => keep(step, line, timestamp));
}

function keep(step: Step, line: string, timestamp: number): ProgressLine {
  // A progress bar draws itself again after each carriage return: its last state is what counts.
  const text = line.slice(line.lastIndexOf('\r') + 1);
  step.log = [...step.log.slice(1 - keptLines), text];
  return { kind: 'step', text: `#${step.number} ${seconds(step, timestamp)} ${text}` };
}

function readWarning({ short, url, sourceInfo, range }: VertexWarning): ProgressLine {
  const line = range?.[0]?.start?.line ?? 0;
  const place = sourceInfo?.filename ? ` (${sourceInfo.filename}${line > 0 ? `:${line}` : ''})` : '';
  return { kind: 'warning', text: `${short}${place}${url === '' ? '' : `, see ${url}`}` };
}

function say(step: Step, text: string): ProgressLine {
  const failed = text.startsWith('ERROR: ');
  return { kind: step.name.startsWith('[internal]') && !failed ? 'detail' : 'step', text: `#${step.number} ${text}` };
}

function seconds({ started }: Step, until: number): string {
  return started === undefined || until === 0 ? '0.0' : Math.max(0, (until - started) / 1_000).toFixed(1);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(2);
}
