/** The parts of an image reference as it stands in a manifest. */
export interface NamedImage {
  readonly name: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** Splits `NAME[:TAG][@DIGEST]`; a port of the registry's host is not a tag. */
export function splitReference(text: string): NamedImage {
  const [named = '', digest] = text.split('@', 2);
  const colon = named.lastIndexOf(':');
  const tagged = colon > named.lastIndexOf('/');
  return {
    name: tagged ? named.slice(0, colon) : named,
    ...(tagged ? { tag: named.slice(colon + 1) } : {}),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** Whether two names mean one repository: `nginx` is `docker.io/library/nginx`. */
export function isSameImage(one: string, other: string): boolean {
  const [first, second] = [partsOf(one), partsOf(other)];
  return first.host === second.host && first.path === second.path;
}

/** Whether a text can hold the name of an image, whole or with host and path apart; quick, for the many that cannot. */
export function mayNameImage(text: string, name: string): boolean {
  const { host, path } = partsOf(name);
  if (host === dockerHub) return text.includes(path.replace(/^library\//, ''));
  return text.includes(host) && text.includes(path);
}

const dockerHub = 'docker.io';

function partsOf(name: string): { readonly host: string; readonly path: string } {
  const [first = '', ...rest] = name.split('/');
  const hosted = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const path = (hosted ? rest : [first, ...rest]).join('/');
  const host = hosted && first !== `index.${dockerHub}` ? first : dockerHub;
  return { host, path: host === dockerHub && !path.includes('/') ? `library/${path}` : path };
}
