/** A repository on GitHub, and where the API of its GitHub is. */
export interface GitHubRepository {
  readonly owner: string;
  readonly name: string;
  /** Base URL of the REST API, without a slash at the end. */
  readonly apiUrl: string;
}

export interface RepositoryUrlQuestion {
  /** As git takes it: https, ssh or `user@host:path`. */
  readonly url: string;
  /** A GitHub Enterprise Server, as in GITHUB_SERVER_URL; its name cannot be known from the URL alone. */
  readonly serverUrl?: string | undefined;
  /** The API of `serverUrl`, as in GITHUB_API_URL; default `/api/v3` on it. */
  readonly apiUrl?: string | undefined;
}

/**
 * The GitHub repository of a git URL: on github.com, on a `*.ghe.com` host, or on `serverUrl`; undefined for any other.
 * API hosts: docs.github.com, "Network details for GHE.com" and "REST API for GitHub Enterprise Server".
 */
export function githubRepositoryOf({ url, serverUrl, apiUrl }: RepositoryUrlQuestion): GitHubRepository | undefined {
  const place = placeOf(url);
  if (place === undefined) return undefined;
  const [owner, name, ...rest] = place.path.split('/');
  if (!isName(owner) || !isName(name) || rest.length > 0) return undefined;
  const api = serverUrl !== undefined && isServer(place, serverUrl) ? (apiUrl ?? defaultApi(serverUrl)) : publicApi(place);
  return api === undefined ? undefined : { owner, name, apiUrl: api.replace(/\/+$/, '') };
}

interface Place {
  readonly protocol: string;
  /** With the port for http and https, without it for ssh. */
  readonly host: string;
  readonly path: string;
}

function placeOf(url: string): Place | undefined {
  const [, scpHost, scpPath] = /^(?:[^@/\s]+@)?([^:/\s@]+):(?!\/\/)(\S+)$/.exec(url) ?? [];
  if (scpHost !== undefined && scpPath !== undefined) return { protocol: 'ssh:', host: lower(scpHost), path: trim(scpPath) };
  if (!URL.canParse(url)) return undefined;
  const { protocol, host, hostname, pathname } = new URL(url);
  if (!['https:', 'http:', 'ssh:'].includes(protocol)) return undefined;
  return { protocol, host: lower(protocol === 'ssh:' ? hostname : host), path: trim(pathname) };
}

function isServer({ protocol, host }: Place, serverUrl: string): boolean {
  const server = new URL(serverUrl);
  return protocol === 'ssh:' ? host === server.hostname : host === server.host && protocol === server.protocol;
}

function defaultApi(serverUrl: string): string {
  const { origin, hostname, protocol, host } = new URL(serverUrl);
  return publicApi({ protocol, host, path: '' }) ?? (hostname === 'github.com' ? 'https://api.github.com' : `${origin}/api/v3`);
}

function publicApi({ protocol, host }: Place): string | undefined {
  if (protocol === 'http:') return undefined;
  if (['github.com', 'www.github.com', 'ssh.github.com'].includes(host)) return 'https://api.github.com';
  return /^[a-z0-9-]+\.ghe\.com$/.test(host) ? `https://api.${host}` : undefined;
}

function trim(path: string): string {
  return path.replace(/^\/+|\/+$/g, '').replace(/\.git$/, '');
}

function isName(part: string | undefined): part is string {
  return part !== undefined && /^[\w.-]+$/.test(part) && !/^\.+$/.test(part);
}

function lower(host: string): string {
  return host.toLowerCase();
}
