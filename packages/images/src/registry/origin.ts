import { isLoopback } from '@eks-gitops/http';

/** Hosts that a registry's API or tokens are served from under another name than users write. */
const apiHosts: Readonly<Record<string, string>> = {
  'docker.io': 'registry-1.docker.io',
  'index.docker.io': 'registry-1.docker.io',
};
const tokenHosts: Readonly<Record<string, readonly string[]>> = {
  'docker.io': ['auth.docker.io'],
  'index.docker.io': ['auth.docker.io'],
  'registry.gitlab.com': ['gitlab.com'],
};

/** Where a registry's API is: `https://host`, or `http://host` where `insecure` says so. */
export function registryOrigin({ registry, insecure }: { registry: string; insecure: (host: string) => boolean }): URL {
  const host = apiHosts[registry] ?? registry;
  return new URL(`${insecure(host) ? 'http' : 'https'}://${host}`);
}

/**
 * Whether a registry may have its tokens fetched from `realm`: from its own host name (any port), from the few hosts that are known to
 * belong to it, or from a host in `allowed`; all names of this machine are one host; never over plain http, unless the realm's host may be spoken to so.
 */
export function isRealmAllowed({
  registry,
  realm,
  allowed,
  insecure,
}: {
  registry: string;
  realm: URL;
  allowed: readonly string[];
  insecure: (host: string) => boolean;
}): boolean {
  const known = [hostName(registry), ...(tokenHosts[registry] ?? []), ...allowed.map(hostName)];
  const secure = realm.protocol === 'https:' || (realm.protocol === 'http:' && insecure(realm.host));
  return secure && (known.includes(realm.hostname.toLowerCase()) || (isLoopback(registry) && isLoopback(realm.host)));
}

function hostName(host: string): string {
  return new URL(`https://${host}`).hostname.toLowerCase();
}
