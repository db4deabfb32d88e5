import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import type { Target } from '../target.ts';
import { openConnection, secureConnection } from './connection.ts';
import { within } from './within.ts';

/** How a target is reached: at an IP address, or through a proxy, which finds the address itself. */
export type Route = { readonly kind: 'direct'; readonly address: string } | { readonly kind: 'proxy'; readonly proxy: URL };

export interface RouteOptions {
  readonly route: Route;
  readonly ca?: string | undefined;
  readonly signal: AbortSignal;
  /** Milliseconds for each step. */
  readonly limit: number;
}

/** Opens a new connection by which a target is asked, without its TLS. Rejects with the system's error, or the signal's reason. */
export async function openRoute(target: Target, options: RouteOptions): Promise<Socket> {
  const { route, ca, signal, limit } = options;
  if (route.kind === 'direct') return openConnection({ address: route.address, port: portOf(target.url), signal, limit });
  const { proxy } = route;
  const address = bare(proxy.hostname);
  const plain = await openConnection({ address, port: portOf(proxy), signal, limit });
  const socket =
    proxy.protocol === 'https:' ? await secureConnection(plain, { address, serverName: address, ca, signal, limit }) : plain;
  if (isForwarded(target, route)) return socket;
  try {
    await openTunnel(socket, { proxy, target, signal, limit });
    return socket;
  } catch (thrown) {
    socket.destroy();
    throw thrown;
  }
}

/**
 * Whether the proxy is asked for the URL itself (RFC 9112, section 3.2.2), as is usual without TLS. It goes by the URL's host and not by the header
 * Host, so another host needs a tunnel.
 */
export function isForwarded({ url, host }: Target, route: Route): boolean {
  return route.kind === 'proxy' && url.protocol === 'http:' && host === url.host;
}

/** The header by which a proxy knows us, when its URL holds credentials. */
export function proxyAuthorization({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}

interface TunnelOptions extends Pick<RouteOptions, 'signal' | 'limit'> {
  readonly proxy: URL;
  readonly target: Target;
}

/** Has a proxy pass on what comes (RFC 9110, section 9.3.6). */
async function openTunnel(socket: Socket, { proxy, target: { url }, signal, limit }: TunnelOptions): Promise<void> {
  const path = `${url.hostname}:${portOf(url)}`;
  const headers = { host: path, ...proxyAuthorization(proxy) };
  await within({ signal, limit }, async ending => {
    const asked = request({ createConnection: () => socket, method: 'CONNECT', path, headers, signal: ending }).end();
    const [{ statusCode = 0, statusMessage = '' }]: [IncomingMessage] = (await Promise.race([
      once(asked, 'connect'),
      once(asked, 'response'),
    ])) as [IncomingMessage];
    if (statusCode < 200 || statusCode > 299) {
      const words = `the proxy ${proxy.host} answers ${statusCode} ${statusMessage} for ${path}`;
      throw Object.assign(new Error(words.trim()), { code: 'PROXY_REFUSED' });
    }
  });
}

/** Of a URL, also where it is the usual one of its protocol. */
export function portOf({ port, protocol }: URL): number {
  return Number(port || (protocol === 'https:' ? 443 : 80));
}

/** A host as sockets take it: IPv6 addresses without brackets. */
export function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}
