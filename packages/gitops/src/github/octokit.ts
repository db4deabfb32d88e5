import { openDispatchers, type ProxySettings } from '@eks-gitops/http';

export interface OctokitOptions {
  readonly token: string;
  readonly apiUrl: string;
  readonly signal: AbortSignal;
  readonly proxy?: ProxySettings;
}

/** Sends a REST route (`GET /…`) or a GraphQL document; throws what Octokit throws. */
export interface LazyOctokit {
  readonly send: (request: string, parameters: Readonly<Record<string, unknown>>) => Promise<unknown>;
}

const connections = { connect: { timeout: 10_000 }, headersTimeout: 60_000, bodyTimeout: 30_000 };

/**
 * `@actions/github`'s Octokit, loaded with the first request (loading it reads the workflow's event, of no use here). Its own fetch would
 * take the proxy from the environment, and for api.github.com whatever the base URL; ours goes where it is told, and gives up after 10 s
 * without a connection, 60 s without headers, 30 s without a byte of the body.
 */
export function openOctokit({ token, apiUrl, signal, proxy = {} }: OctokitOptions): LazyOctokit {
  const open = async () => {
    const [{ getOctokit }, undici] = await Promise.all([import('@actions/github'), import('undici')]);
    const dispatcher = await openDispatchers({ proxy, connections }).dispatcherFor(new URL(apiUrl));
    const fetch: typeof undici.fetch = (url, init) => undici.fetch(url, { ...init, dispatcher });
    const silent = { debug: noop, info: noop, warn: noop, error: noop };
    return getOctokit(token, { baseUrl: apiUrl, userAgent: 'eks-gitops-actions', log: silent, request: { fetch, signal } });
  };
  let opened: ReturnType<typeof open> | undefined;
  return {
    send: async (request, parameters) => {
      opened ??= open();
      const octokit = await opened;
      if (!/^[A-Z]+ \//.test(request)) return octokit.graphql(request, { ...parameters });
      const { data } = await octokit.request(request, { ...parameters });
      return data;
    },
  };
}

function noop(): void {}
