import type { UrlTemplate } from '@eks-gitops/cluster/ingress';
import { ActionError } from '@eks-gitops/errors';

/** Who is asked, before there is a connection to its cluster. */
export type GivenSubject =
  | { readonly kind: 'ingress'; readonly namespace: string; readonly name: string; readonly template: UrlTemplate | undefined }
  | { readonly kind: 'url'; readonly template: UrlTemplate };

interface Given {
  readonly ingress: string | undefined;
  readonly namespace: string;
  readonly url: UrlTemplate | undefined;
  readonly path: string | undefined;
}

/** Reads who is asked. Throws INPUT_MISSING where neither an Ingress nor a whole URL is given, INPUT_INVALID for a path that has no place. */
export function givenSubject({ ingress, namespace, url, path }: Given): GivenSubject {
  if (url !== undefined && path !== undefined && !url.usesPath) throw pathTwice(url, path);
  if (ingress !== undefined) return { kind: 'ingress', namespace, name: ingress, template: url };
  if (url === undefined) throw noIngress('neither ingress nor url');
  if (url.usesHostname) throw noIngress(`a url with {hostname}, ${url.text}`);
  return { kind: 'url', template: url };
}

function noIngress(found: string): ActionError {
  return new ActionError({
    code: 'INPUT_MISSING',
    message: 'The input ingress is missing.',
    expected: 'the name of an Ingress, or the whole URL as url',
    found,
  });
}

function pathTwice(url: UrlTemplate, path: string): ActionError {
  return new ActionError({
    code: 'INPUT_INVALID',
    message: 'Two paths are given.',
    expected: 'a url with {path}, or without a path of its own',
    found: `url ${url.text} and path ${path}`,
  });
}
