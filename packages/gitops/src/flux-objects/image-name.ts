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
  return fullName(one) === fullName(other);
}

function fullName(name: string): string {
  const short = name.replace(/^(?:index\.)?docker\.io\//, '');
  const [first = '', ...rest] = short.split('/');
  if (rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')) return short;
  return rest.length === 0 ? `docker.io/library/${short}` : `docker.io/${short}`;
}
