import type { Agent, Dispatcher } from 'undici';
import { type ProxySettings, proxyFor } from './proxy.ts';

/** Connections to any host, kept alive and shared: one pool for what is reached directly, one for each proxy. */
export interface Dispatchers {
  readonly dispatcherFor: (url: URL) => Promise<Dispatcher>;
  /** Ends every connection and whatever waits for one. */
  readonly close: () => Promise<void>;
}

/** undici is loaded with the first request. */
export function openDispatchers({ proxy, connections }: { proxy: ProxySettings; connections: Agent.Options }): Dispatchers {
  const opened = new Map<string | undefined, Promise<Dispatcher>>();
  const dispatcherFor = (url: URL): Promise<Dispatcher> => {
    const uri = proxyFor(url, proxy);
    const dispatcher = opened.get(uri) ?? openDispatcher(uri, connections);
    opened.set(uri, dispatcher);
    return dispatcher;
  };
  const close = async (): Promise<void> => {
    await Promise.all([...opened.values()].map(async dispatcher => (await dispatcher).destroy()));
  };
  return { dispatcherFor, close };
}

async function openDispatcher(uri: string | undefined, connections: Agent.Options): Promise<Dispatcher> {
  const { Agent, ProxyAgent } = await import('undici');
  return uri === undefined ? new Agent(connections) : new ProxyAgent({ ...connections, uri });
}
