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
  /** What is left to say when buildx has ended. */
  end(): readonly ProgressLine[];
  failedStep(): FailedStep | undefined;
  /** What buildx said itself: the excerpt of the Dockerfile and the error. */
  words(): string;
}

interface Step {
  readonly name: string;
  /** In the order of their first words; 0 before. */
  number: number;
  started: number | undefined;
  /** How it ended, until that is told: BuildKit takes up again what it had called completed. */
  outcome: string | undefined;
  error: string;
  readonly decoder: StringDecoder;
  pending: string;
  log: readonly string[];
}

const keptLines = 20;
// Enough for any Dockerfile excerpt, and no more of a tool that talks without end.
const keptWords = 200;
// A cache that is not there yet is no error: nothing was built before.
const reading = /^importing cache manifest from /;
const around = /^\[(?:internal|auth|context [^\]]*)\]|^resolving provenance for metadata file$/;

/** Follows a build by its `--progress=rawjson` lines, and words them as `--progress=plain` does. */
export function readProgress(): ProgressReader {
  const steps = new Map<string, Step>();
  const words: string[] = [];
  let numbered = 0;

  const stepOf = (digest: string, name = ''): Step => {
    const known = steps.get(digest);
    if (known !== undefined) return known;
    const step = newStep(name);
    steps.set(digest, step);
    return step;
  };

  const outcomes = (except?: Step): ProgressLine[] =>
    [...steps.values()].flatMap(step => (step === except ? [] : takeOutcome(step)));

  const tell = (step: Step, texts: readonly string[]): ProgressLine[] => {
    const isNew = step.number === 0;
    if (isNew) {
      numbered += 1;
      step.number = numbered;
    }
    const said = [...(isNew ? [step.name] : []), ...texts];
    return said.length === 0 ? [] : [...outcomes(step), ...said.map(text => line(step, text))];
  };

  const readVertex = (vertex: Vertex): ProgressLine[] => {
    const step = stepOf(vertex.digest, vertex.name);
    follow(step, vertex);
    return vertex.started !== undefined || vertex.cached ? tell(step, []) : [];
  };

  return {
    read: text => {
      const status = parseSolveStatus(text);
      if (status === undefined) {
        words.push(text);
        if (words.length > keptWords) words.shift();
        return [];
      }
      return [
        ...status.vertexes.flatMap(readVertex),
        ...status.statuses.flatMap(one => tell(stepOf(one.vertex), transfer(one))),
        ...status.logs.flatMap(one => tell(stepOf(one.vertex), takeLog(stepOf(one.vertex), one))),
        ...status.warnings.map(warning),
      ];
    },
    end: () => outcomes(),
    failedStep: () => {
      const failed = [...steps.values()].filter(({ error }) => error !== '' && !isCancel(error));
      return failed.map(({ name, error, log, pending }) => ({ name, error, log: lastLines(log, pending) })).at(-1);
    },
    words: () => words.join('\n').trim(),
  };
}

function newStep(name: string): Step {
  const decoder = new StringDecoder('utf8');
  return { name, number: 0, started: undefined, outcome: undefined, error: '', decoder, pending: '', log: [] };
}

function follow(step: Step, { started, completed, cached, error }: Vertex): void {
  step.started ??= started;
  step.error = error || step.error;
  if (completed === undefined) step.outcome = cached ? 'CACHED' : undefined;
  else if (error !== '') step.outcome = isCancel(error) ? 'CANCELED' : `ERROR: ${error}`;
  else step.outcome = cached ? 'CACHED' : `DONE ${seconds(step, completed)}s`;
}

function takeOutcome(step: Step): ProgressLine[] {
  const { outcome, pending } = step;
  if (outcome === undefined || step.number === 0) return [];
  step.outcome = undefined;
  step.pending = '';
  step.log = lastLines(step.log, pending);
  return [...(pending === '' ? [] : [pending]), outcome].map(text => line(step, text));
}

function transfer({ id, started, completed, current, total }: VertexStatus): string[] {
  if (completed === undefined) return [];
  const size = total > 0 ? ` ${megabytes(current)}MB / ${megabytes(total)}MB` : '';
  const took = started === undefined ? '' : ` ${((completed - started) / 1_000).toFixed(1)}s`;
  return [`${id}${size} done${took}`];
}

function takeLog(step: Step, { data, timestamp }: VertexLog): string[] {
  const lines = (step.pending + step.decoder.write(data)).split(/\r?\n/);
  step.pending = lines.pop() ?? '';
  // A progress bar draws itself again after each carriage return: its last state is what counts.
  const texts = lines.map(text => text.slice(text.lastIndexOf('\r') + 1));
  step.log = [...step.log, ...texts].slice(-keptLines);
  return texts.map(text => `${seconds(step, timestamp)} ${text}`);
}

function lastLines(log: readonly string[], pending: string): readonly string[] {
  return [...log, ...(pending === '' ? [] : [pending])].slice(-keptLines);
}

function warning({ short, url, sourceInfo, range }: VertexWarning): ProgressLine {
  const lineNumber = range?.[0]?.start?.line ?? 0;
  const place = sourceInfo?.filename ? ` (${sourceInfo.filename}${lineNumber > 0 ? `:${lineNumber}` : ''})` : '';
  return { kind: 'warning', text: `${short}${place}${url === '' ? '' : `, see ${url}`}` };
}

function line({ name, number, error }: Step, text: string): ProgressLine {
  const isDetail = reading.test(name) || (around.test(name) && error === '');
  return { kind: isDetail ? 'detail' : 'step', text: `#${number} ${text}` };
}

function isCancel(error: string): boolean {
  return /context canceled/.test(error);
}

function seconds({ started }: Step, until: number): string {
  return started === undefined ? '0.0' : Math.max(0, (until - started) / 1_000).toFixed(1);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(2);
}
