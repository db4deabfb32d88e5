import { setTimeout as sleep } from 'node:timers/promises';
import { isNativeError } from 'node:util/types';
import { ActionError } from '@eks-gitops/errors';
import type { ProxySettings } from '@eks-gitops/http';
import type { z } from 'zod';
import { openOctokit } from './octokit.ts';
import { parseAnswer } from './parse-answer.ts';
import { isPassing, limitWait, parseRefusal, type Refusal } from './refusal.ts';
import { type Purpose, refusalError } from './refusal-error.ts';
import type { GitHubRepository } from './repository-url.ts';

export interface GitHubOptions {
  /** Of a user, an installation or the workflow; or an App's JSON web token. */
  readonly token: string;
  /** Base URL of the REST API. */
  readonly apiUrl: string;
  readonly signal: AbortSignal;
  /** Until when rate limits are waited for. */
  readonly deadline: Date;
  readonly proxy?: ProxySettings;
  /** Told of each wait. */
  readonly onNotice?: ((notice: string) => void) | undefined;
  /** Milliseconds before the second and third try. */
  readonly retryDelays?: readonly number[];
}

/** One request to GitHub, by REST (`GET /repos/{owner}/{repo}/…`) or by GraphQL (the document itself). */
export interface GitHubCall<T> extends Pick<Purpose, 'purpose' | 'permission'> {
  readonly request: string;
  /** Path parameters and body; GraphQL's variables. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly answer: z.ZodType<T>;
}

/** `unclear`: the connection broke, or GitHub failed, and it may have been done or not. */
export type GitHubOutcome<T> =
  | { readonly kind: 'answer'; readonly value: T }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly error: ActionError }
  | { readonly kind: 'unclear'; readonly error: ActionError };

/**
 * GitHub's API. A rate limit is waited out, with jitter, when it ends before the deadline, else GITHUB_LIMITED is thrown. What can be
 * repeated without harm (reading, PATCH, PUT, DELETE) is tried three times on 5xx and on faults of the network.
 */
export interface GitHub {
  /** The host of the API, for messages. */
  readonly host: string;
  /** Throws GITHUB_DENIED or GITHUB_FAILED for all but an answer. */
  readonly ask: <T>(call: GitHubCall<T>) => Promise<T>;
  readonly try: <T>(call: GitHubCall<T>) => Promise<GitHubOutcome<T>>;
  /**
   * Sends what must not happen twice. When it is unclear whether it did, `look` says so by its result; only if it did not is it sent
   * again. A refusal after an unclear try is looked into as well.
   */
  readonly settle: <T>(call: GitHubCall<T>, look: () => Promise<T | undefined>) => Promise<GitHubOutcome<T>>;
}

/** A repository, and the API that reaches it. */
export interface GitHubTarget {
  readonly github: GitHub;
  readonly repository: GitHubRepository;
}

export function openGitHub(options: GitHubOptions): GitHub {
  const { apiUrl, signal, onNotice, retryDelays = [1000, 4000] } = options;
  const { host } = new URL(apiUrl);
  const octokit = openOctokit(options);

  const pause = async (wait: number, notice: string): Promise<void> => {
    onNotice?.(`${notice} Trying again in ${(wait / 1000).toFixed(1)} s.`);
    await sleep(wait, undefined, { signal }).catch(() => signal.throwIfAborted());
  };

  const once = async <T>(call: GitHubCall<T>): Promise<GitHubOutcome<T>> => {
    signal.throwIfAborted();
    const asked = { host, ...call };
    try {
      return { kind: 'answer', value: parseAnswer(asked, await octokit.send(call.request, call.parameters)) };
    } catch (thrown) {
      signal.throwIfAborted();
      if (thrown instanceof ActionError) throw thrown;
      const refusal = parseRefusal(thrown);
      if (refusal === undefined) return { kind: 'unclear', error: unreachable(asked, thrown) };
      const error = refusalError(asked, refusal);
      return isPassing(refusal) ? { kind: 'unclear', error } : { kind: 'refused', refusal, error };
    }
  };

  const patient = async <T>(call: GitHubCall<T>): Promise<GitHubOutcome<T>> => {
    const outcome = await once(call);
    const wait = outcome.kind === 'refused' ? limitWait(outcome.refusal, new Date()) : undefined;
    if (outcome.kind !== 'refused' || wait === undefined) return outcome;
    const stretched = Math.round(wait * (1 + Math.random() / 10)) + Math.round(Math.random() * 500);
    if (Date.now() + stretched > options.deadline.getTime()) throw limited({ host, ...call }, { ...outcome, wait });
    await pause(stretched, `${host} limits the rate of requests.`);
    return patient(call);
  };

  const settle = async <T>(call: GitHubCall<T>, look: () => Promise<T | undefined>): Promise<GitHubOutcome<T>> => {
    let outcome = await patient(call);
    if (outcome.kind !== 'unclear') return outcome;
    for (const delay of retryDelays) {
      await pause(jittered(delay), outcome.error.message);
      const found = await look();
      if (found !== undefined) return { kind: 'answer', value: found };
      outcome = await patient(call);
      if (outcome.kind === 'answer') return outcome;
      if (outcome.kind === 'refused') break;
    }
    const found = await look();
    return found === undefined ? outcome : { kind: 'answer', value: found };
  };

  const attempt = <T>(call: GitHubCall<T>): Promise<GitHubOutcome<T>> =>
    isRepeatable(call.request) ? settle(call, async () => undefined) : patient(call);

  const ask = async <T>(call: GitHubCall<T>): Promise<T> => {
    const outcome = await attempt(call);
    if (outcome.kind === 'answer') return outcome.value;
    throw outcome.error;
  };
  return { host, ask, try: attempt, settle };
}

/** By HTTP's own rules; of GraphQL, queries. */
function isRepeatable(request: string): boolean {
  return !/^(?:POST|mutation)\b/.test(request.trim());
}

/** Stretched by 0 to 50 %. */
function jittered(delay: number): number {
  return Math.round(delay * (1 + Math.random() / 2));
}

function unreachable({ host, purpose }: Purpose, thrown: unknown): ActionError {
  return new ActionError({
    code: 'GITHUB_FAILED',
    message: `${host} could not be reached, or broke the connection: could not ${purpose}.`,
    found: wordsOf(thrown),
    cause: thrown,
  });
}

/** The words of a fault and of what is behind it, each once: Octokit repeats some, and "fetch failed" says nothing alone. */
function wordsOf(thrown: unknown): string {
  if (!isNativeError(thrown)) return String(thrown);
  const inner = thrown.cause === undefined ? '' : wordsOf(thrown.cause);
  if (thrown.message.includes(inner)) return thrown.message;
  return inner.includes(thrown.message) ? inner : `${thrown.message}: ${inner}`;
}

function limited({ host, purpose }: Purpose, { refusal, wait }: { refusal: Refusal; wait: number }): ActionError {
  return new ActionError({
    code: 'GITHUB_LIMITED',
    message: `${host} limits the rate of requests: could not ${purpose} before the time limit.`,
    expected: 'an end of the limit before the step’s own time limit',
    found: `to be waited for: ${Math.ceil(wait / 1000)} s`,
    remedy: 'Raise timeout, or run again later; a GitHub App has limits of its own.',
    detail: refusal.words.join('\n'),
  });
}
