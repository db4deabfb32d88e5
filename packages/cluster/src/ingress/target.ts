import { isIPv6 } from 'node:net';
import type { IngressState } from './ingress-object.ts';

/** Which URL is asked: a text in which {hostname} stands for what the Ingress was given, and {path} for the path. */
export interface UrlTemplate {
  readonly text: string;
  readonly usesHostname: boolean;
  readonly usesPath: boolean;
}

/** What is asked, and by which name. */
export interface Target {
  readonly url: URL;
  /** The Host header. */
  readonly host: string;
}

export interface TargetRequest {
  readonly template?: UrlTemplate | undefined;
  /** Starts with a slash; may hold a query. */
  readonly path: string;
  readonly hostHeader?: string | undefined;
}

/**
 * Reads a URL template; one without a path of its own is followed by {path}. Throws a sentence for one that never becomes an http or https URL, or
 * that holds credentials.
 */
export function parseUrlTemplate(given: string): UrlTemplate {
  const text = given
    .trim()
    .replace(/^([^/]+:\/\/[^/?#]+)\/?$/, (_, origin: string) => (origin.endsWith('{path}') ? origin : `${origin}{path}`));
  const unknown = /\{(?!(?:hostname|path)\})[^}]*\}/.exec(text)?.[0];
  if (unknown !== undefined) throw new Error(`${unknown} is not a placeholder; {hostname} and {path} are`);
  const url = URL.parse(fill(text, { hostname: 'a.example', path: '/' }));
  if (url === null || !/^https?:$/.test(url.protocol)) throw new Error(`"${text}" is not an http or https URL`);
  if (url.username !== '' || url.password !== '') throw new Error('it holds credentials, which would be printed');
  return { text, usesHostname: text.includes('{hostname}'), usesPath: text.includes('{path}') };
}

export function parsePath(given: string): string {
  const path = given.trim();
  if (!path.startsWith('/')) throw new Error(`"${given}" does not start with a slash`);
  return path;
}

/** What is asked of a URL that no Ingress has a part in. */
export function targetOfUrl({ template, path, hostHeader }: TargetRequest & { readonly template: UrlTemplate }): Target {
  const url = new URL(fill(template.text, { hostname: '', path }));
  return { url, host: hostHeader ?? url.host };
}

/**
 * What is asked of an Ingress, for each of its addresses. The host of its rules is asked for where the URL is the load balancer's own, since it
 * would answer 404 to its own name then.
 */
export function targetsOfIngress(ingress: IngressState, request: TargetRequest): readonly Target[] {
  const targets = ingress.addresses.map(address => targetAt(address, ingress, request));
  return targets.filter(({ url }, at) => targets.findIndex(other => other.url.href === url.href) === at);
}

function targetAt(address: string, { scheme, port, host }: IngressState, request: TargetRequest): Target {
  const hostname = isIPv6(address) ? `[${address}]` : address;
  const { text } = request.template ?? { text: `${scheme}://{hostname}:${port}{path}` };
  const url = new URL(fill(text, { hostname, path: request.path }));
  const own = url.hostname === hostname.toLowerCase();
  return { url, host: request.hostHeader ?? (own && host !== undefined ? host : url.host) };
}

function fill(text: string, { hostname, path }: { hostname: string; path: string }): string {
  return text.replaceAll('{hostname}', () => hostname).replaceAll('{path}', () => path);
}
