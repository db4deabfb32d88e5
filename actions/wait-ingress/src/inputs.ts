import { clusterInputs, input, parseRecords, type ValuesOf } from '@eks-gitops/action';
import {
  parseHeaderExpectation,
  parsePath,
  parseStatusRange,
  parseTextPattern,
  parseUrlTemplate,
} from '@eks-gitops/cluster/ingress';

/** Who is asked for what. */
const subject = {
  ingress: input.text({
    description: 'The name of the Ingress. Without one, url alone is asked, and no cluster is needed.',
    example: 'ui',
  }),
  namespace: input.text({ description: 'Where the Ingress is.', default: 'default' }),
  path: input.text(
    { description: 'The path that is asked for, with its query. Default: /.', example: '/home' },
    { allowed: 'a path that starts with a slash', parse: parsePath },
  ),
  url: input.text(
    {
      description:
        "The URL that is asked for, where it is not the load balancer's own: {hostname} stands for what the Ingress was given, {path} for path, which also follows a URL that has none. Default: http or https as the Ingress listens, {hostname}, {path}.",
      example: 'https://shop.example.com{path}',
    },
    { allowed: 'an http or https URL', parse: parseUrlTemplate },
  ),
  'host-header': input.text(
    {
      description:
        'The host that is asked for, by the Host header and in TLS. Default: the host of the Ingress rules where the load balancer is asked by its own name, else the host of the URL.',
      example: 'shop.example.com',
    },
    { allowed: 'a host name, with a port or without', parse: parseHost },
  ),
  ca: input.text({
    description: 'Certificates of authorities that are trusted too: PEM, or the path of a file.',
  }),
};

/** What the answer has to be like. */
const expectation = {
  'expect-status': input.items(
    { description: 'The statuses that are fine, such as 200, 2xx or 200-399. Redirects are not followed.', default: '200' },
    { allowed: 'statuses such as 200, 2xx or 200-399, separated by commas or lines', parse: parseStatusRange },
  ),
  'expect-body': input.text(
    {
      description: 'What the page has to hold: a text, or a JavaScript regular expression as /expression/flags.',
      example: 'Retail Store Sample New',
    },
    { allowed: 'a text or /expression/flags', parse: parseTextPattern },
  ),
  'expect-header': input.lines(
    {
      description:
        'Headers that the answer has to have: NAME: VALUE, where the value is the whole one or /expression/flags, or NAME alone.',
    },
    { allowed: 'NAME: VALUE, NAME: /expression/flags or NAME, one a line', parse: parseHeaderExpectation },
  ),
  consecutive: input.text(
    {
      description:
        'How many answers in a row have to be as expected, each on a new connection, to each of its addresses in turn.',
      default: '3',
    },
    { allowed: 'a whole number from 1', parse: parseCount },
  ),
  timeout: input.duration({
    description: 'How long to wait at most. A new load balancer takes 2 to 5 minutes until it answers.',
    default: '10m',
  }),
};

const release = {
  record: input.text(
    { description: 'The release record, to which the URL is added.', tellsBlank: true },
    { allowed: 'the record output of an earlier step', parse: parseRecords },
  ),
};

export const inputs = { ...subject, ...expectation, ...release, ...clusterInputs };
export type IngressInputs = ValuesOf<typeof inputs>;

function parseHost(given: string): string {
  const host = given.trim();
  if (URL.parse(`http://${host}/`)?.host !== host.toLowerCase().replace(/:80$/, ''))
    throw new Error(`"${given}" is not a host name`);
  return host;
}

function parseCount(given: string): number {
  if (!/^[1-9]\d{0,3}$/.test(given.trim())) throw new Error('it is not a whole number from 1');
  return Number(given);
}
