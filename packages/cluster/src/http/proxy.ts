import { BlockList, isIP } from 'node:net';
import type { ClusterOptions } from '../cluster.ts';

/**
 * The proxy for a URL by the usual variables, lower case first, as client-go reads them: this machine is always reached directly, and
 * NO_PROXY may hold names (with what is below them), `.names` (only what is below), addresses and CIDR ranges, each but the last with a port.
 */
export function proxyFor(url: URL, env: ClusterOptions['env']): string | undefined {
  const read = (name: string): string => env[name] || env[name.toUpperCase()] || '';
  const proxy = read(url.protocol === 'https:' ? 'https_proxy' : 'http_proxy');
  if (
    proxy === '' ||
    isLocal(hostName(url)) ||
    read('no_proxy')
      .split(/[\s,]+/)
      .some(entry => isExempt(url, entry))
  ) {
    return undefined;
  }
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

function hostName({ hostname }: URL): string {
  return hostname
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase();
}

function isLocal(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
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
