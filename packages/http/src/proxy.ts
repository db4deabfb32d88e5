import { BlockList, isIP } from 'node:net';

/** Proxies as in the usual environment variables. */
export interface ProxySettings {
  readonly httpProxy?: string | undefined;
  readonly httpsProxy?: string | undefined;
  readonly noProxy?: string | undefined;
}

/** Reads the usual variables of an environment, lower case first, as curl and Go do. */
export function proxySettings(env: Readonly<Record<string, string | undefined>>): ProxySettings {
  const read = (name: string) => env[name] || env[name.toUpperCase()];
  return { httpProxy: read('http_proxy'), httpsProxy: read('https_proxy'), noProxy: read('no_proxy') };
}

/**
 * The proxy for a URL, as client-go chooses it: this machine is always reached directly, and NO_PROXY may hold names (with what is below
 * them), `.names` (only what is below), addresses and CIDR ranges, each but the last with a port.
 */
export function proxyFor(url: URL, { httpProxy = '', httpsProxy = '', noProxy = '' }: ProxySettings): string | undefined {
  const proxy = url.protocol === 'https:' ? httpsProxy : httpProxy;
  const isDirect = proxy === '' || isLoopback(url.host) || noProxy.split(/[\s,]+/).some(entry => isExempt(url, entry));
  if (isDirect) return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

/** Whether a host (`name` or `name:port`) is this machine: localhost, 127.0.0.0/8 or [::1], as docker's default insecure registries. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i.test(host);
}

function hostName({ hostname }: URL): string {
  return hostname
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase();
}

function isExempt(url: URL, entry: string): boolean {
  if (entry === '') return false;
  if (entry === '*') return true;
  const host = hostName(url);
  if (entry.includes('/')) return isInRange(host, entry);
  const [, name = '', port] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(isIP(entry) === 6 ? `[${entry}]` : entry) ?? [];
  if (port !== undefined && port !== portOf(url)) return false;
  const bare = name.toLowerCase().replace(/^\*/, '');
  return bare.startsWith('.') ? host.endsWith(bare) : host === bare || host.endsWith(`.${bare}`);
}

function portOf({ port, protocol }: URL): string {
  return port || (protocol === 'https:' ? '443' : '80');
}

function isInRange(host: string, range: string): boolean {
  const [network = '', bits = ''] = range.split('/');
  const [family, own] = [isIP(network), isIP(host)];
  if (own === 0 || own !== family || !/^\d+$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(network, Number(bits), type);
  return list.check(host, type);
}
