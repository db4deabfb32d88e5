/** How a registry wants to be shown who asks (RFC 9110, section 11; distribution specification, "Token Authentication"). */
export type Challenge =
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: string; readonly service?: string; readonly scope?: string };

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const part = new RegExp(`(${token})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s,"]+))|(${token})`, 'g');

/** Reads WWW-Authenticate, one header or several; of several challenges a bearer one is preferred. Undefined when none is known. */
export function parseChallenge(headers: readonly string[]): Challenge | undefined {
  const found = headers.flatMap(header => splitChallenges(header)).flatMap(toChallenge);
  return found.find(challenge => challenge.scheme === 'bearer') ?? found[0];
}

interface RawChallenge {
  readonly scheme: string;
  readonly parameters: Map<string, string>;
}

function splitChallenges(header: string): RawChallenge[] {
  const challenges: RawChallenge[] = [];
  for (const [, name, quoted, plain, scheme] of header.matchAll(part)) {
    if (scheme !== undefined) challenges.push({ scheme: scheme.toLowerCase(), parameters: new Map() });
    else if (name !== undefined)
      challenges.at(-1)?.parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '');
  }
  return challenges;
}

function toChallenge({ scheme, parameters }: RawChallenge): Challenge[] {
  if (scheme === 'basic') return [{ scheme: 'basic' }];
  const realm = parameters.get('realm');
  if (scheme !== 'bearer' || realm === undefined) return [];
  const [service, scope] = [parameters.get('service'), parameters.get('scope')];
  return [{ scheme: 'bearer', realm, ...(service === undefined ? {} : { service }), ...(scope === undefined ? {} : { scope }) }];
}
