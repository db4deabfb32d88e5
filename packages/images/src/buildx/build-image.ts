import { readFile } from 'node:fs/promises';
import { buildCommand } from './arguments.ts';
import type { BuildRequest } from './build-request.ts';
import { classifyFailure, explainFailure } from './failure.ts';
import { type BuildMetadata, parseMetadata } from './metadata.ts';
import { type ProgressLine, readProgress } from './progress.ts';
import { type BuildxCall, runBuildx } from './run-buildx.ts';

export interface BuildRun extends Omit<BuildxCall, 'args' | 'onLine'> {
  readonly builder: string | undefined;
  readonly metadataFile: string;
  readonly onProgress: (line: ProgressLine) => void;
  /** Told of each repeated try, and of a cache that could not be written. */
  readonly onNotice: (notice: string) => void;
  /** Gets fresh credentials after a refusal, once; false when there are none fresher. */
  readonly renewLogin: () => Promise<boolean>;
  /** Milliseconds before the second and third try, up to a quarter more by chance. */
  readonly retryDelays?: readonly number[];
}

/**
 * Builds, and pushes when asked. What fails for the moment is tried again: BuildKit has the steps in its cache, so that only the rest is
 * done anew. Throws BUILD_FAILED, PUSH_FAILED, REGISTRY_DENIED, BUILDER_UNAVAILABLE.
 */
export async function buildImage(request: BuildRequest, run: BuildRun): Promise<BuildMetadata> {
  const { retryDelays = [1_000, 4_000], onNotice, signal } = run;
  const delays = [...retryDelays];
  let renewed = false;
  for (;;) {
    const outcome = await tryBuild(request, run);
    if (outcome.kind === 'built') {
      if (outcome.unwritten !== undefined) onNotice(`The build cache was not written: ${outcome.unwritten}`);
      return outcome.metadata;
    }
    const failure = classifyFailure(outcome.failure);
    const error = explainFailure(outcome.failure, request);
    if (failure === 'denied' && !renewed && (await run.renewLogin())) {
      renewed = true;
      onNotice('The registry refused the login; trying once more with a fresh one.');
      continue;
    }
    const delay = failure === 'transient' ? delays.shift() : undefined;
    if (delay === undefined) throw error;
    const wait = Math.round(delay * (1 + Math.random() / 4));
    onNotice(`${error.failure.found} – trying again in ${(wait / 1_000).toFixed(1)} s.`);
    await pause(wait, signal);
  }
}

// The only step that may fail in a build that succeeds, with ignore-error; as BuildKit's exporters of caches call it.
const cacheExport = /^exporting (?:cache to |to GitHub Actions Cache)/;

type Outcome =
  | { readonly kind: 'built'; readonly metadata: BuildMetadata; readonly unwritten: string | undefined }
  | { readonly kind: 'failed'; readonly failure: Parameters<typeof explainFailure>[0] };

async function tryBuild(request: BuildRequest, run: BuildRun): Promise<Outcome> {
  const { builder, metadataFile, onProgress, env } = run;
  const command = buildCommand(request, { metadataFile, builder });
  const progress = readProgress();
  const { exitCode } = await runBuildx({
    ...run,
    args: command.args,
    env: { ...env, ...command.env },
    onLine: line => progress.read(line).forEach(onProgress),
  });
  progress.end().forEach(onProgress);
  const step = progress.failedStep();
  if (exitCode !== 0) return { kind: 'failed', failure: { step, words: progress.words() } };
  const unwritten = step !== undefined && cacheExport.test(step.name) ? step.error : undefined;
  return { kind: 'built', metadata: parseMetadata(await readFile(metadataFile, 'utf8')), unwritten };
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  const { setTimeout } = await import('node:timers/promises');
  await setTimeout(milliseconds, undefined, { signal });
}
