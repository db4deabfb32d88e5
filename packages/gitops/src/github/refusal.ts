import { z } from 'zod';

/** What GitHub answered instead of doing it, by REST or by GraphQL. */
export interface Refusal {
  /** HTTP status; 200 for an error of GraphQL. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** GraphQL's names of the errors: STALE_DATA, FORBIDDEN, NOT_FOUND… */
  readonly types: readonly string[];
  /** GitHub's own words, one for each error. */
  readonly words: readonly string[];
}

const header = z.union([z.string(), z.number()]).transform(String);
const detail = z.union([z.string(), z.object({ message: z.string() }).transform(({ message }) => message)]);
const restBody = z.object({ message: z.string(), errors: z.array(detail).optional().catch(undefined) });

/** `@octokit/request-error` of a request that was answered. */
const answered = z.object({
  status: z.number(),
  response: z.object({ headers: z.record(z.string(), header.optional()), data: z.unknown() }),
});

/** `@octokit/graphql`'s error for an answer that holds errors. */
const graphqlErrors = z.object({
  name: z.literal('GraphqlResponseError'),
  headers: z.record(z.string(), header.optional()),
  errors: z.array(z.object({ type: z.string().optional(), message: z.string() })),
});

/** Reads what Octokit threw; undefined when it was not an answer of GitHub's: the network failed, or the request was aborted. */
export function parseRefusal(thrown: unknown): Refusal | undefined {
  const graphql = graphqlErrors.safeParse(thrown).data;
  if (graphql !== undefined) {
    const { headers, errors } = graphql;
    return {
      status: 200,
      headers: withoutUndefined(headers),
      types: errors.flatMap(({ type }) => type ?? []),
      words: errors.map(({ message }) => message.replace(/^\["?|"?\]$/g, '')),
    };
  }
  const rest = answered.safeParse(thrown).data;
  if (rest === undefined) return undefined;
  return { status: rest.status, headers: withoutUndefined(rest.response.headers), types: [], words: wordsOf(rest.response.data) };
}

function wordsOf(body: unknown): string[] {
  const parsed = restBody.safeParse(body).data;
  if (parsed !== undefined) return [parsed.message, ...(parsed.errors ?? [])];
  return typeof body === 'string' && body.trim() !== '' ? [body.trim().slice(0, 2000)] : [];
}

function withoutUndefined(headers: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/**
 * Milliseconds to wait where a refusal is a rate limit: by `retry-after`, else until `x-ratelimit-reset` when nothing remains, else a
 * minute (docs.github.com, "Rate limits for the REST API", "Exceeding the rate limit"; GraphQL's answer is 200 with RATE_LIMITED).
 * Undefined for any other refusal.
 */
export function limitWait({ status, headers, types, words }: Refusal, now: Date): number | undefined {
  const { 'retry-after': retryAfter, 'x-ratelimit-remaining': remaining, 'x-ratelimit-reset': reset } = headers;
  const exhausted = remaining === '0' && reset !== undefined;
  const named = types.includes('RATE_LIMITED') || words.some(text => /rate limit/i.test(text));
  const limited = status === 403 || status === 429 ? named || exhausted || retryAfter !== undefined || status === 429 : named;
  if (!limited) return undefined;
  if (retryAfter !== undefined && /^\d+$/.test(retryAfter)) return Number(retryAfter) * 1000;
  if (exhausted) return Math.max(0, Number(reset) * 1000 - now.getTime()) + 1000;
  return 60_000;
}

/** Whether a refusal may pass by itself: GitHub failed, rather than said no. */
export function isPassing({ status }: Refusal): boolean {
  return [500, 502, 503, 504].includes(status);
}
