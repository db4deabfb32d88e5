import type { PodLogRequest, ResourceName, ResourceSelection } from '../cluster.ts';

/** The path of an API group's version: `/api/v1`, `/apis/apps/v1`. */
export function versionPath(apiVersion: string): string {
  const parts = apiVersion.split('/').map(encodeURIComponent);
  return parts.length === 1 ? `/api/${parts[0]}` : `/apis/${parts.join('/')}`;
}

/** The path of a resource's objects, in a namespace or in all (Kubernetes documentation, "API Concepts", resource URIs). */
export function collectionPath(
  { apiVersion, namespace }: Pick<ResourceSelection, 'apiVersion' | 'namespace'>,
  resource: string,
): string {
  const place = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${versionPath(apiVersion)}${place}/${resource}`;
}

export function objectPath(name: ResourceName, resource: string, subresource?: string): string {
  const path = `${collectionPath(name, resource)}/${encodeURIComponent(name.name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

/** The selectors of a query; a name is one more field. */
export function selectors({ name, labelSelector, fieldSelector }: ResourceSelection): Record<string, string> {
  const fields = [...(name === undefined ? [] : [`metadata.name=${name}`]), ...(fieldSelector ? [fieldSelector] : [])];
  return {
    ...(fields.length === 0 ? {} : { fieldSelector: fields.join(',') }),
    ...(labelSelector ? { labelSelector } : {}),
  };
}

export function withQuery(path: string, query: Readonly<Record<string, string>>): string {
  const search = new URLSearchParams(query).toString();
  return search === '' ? path : `${path}?${search}`;
}

export function podLogPath({ namespace, name, container, tailLines, previous = false }: PodLogRequest): string {
  const path = objectPath({ apiVersion: 'v1', kind: 'Pod', namespace, name }, 'pods', 'log');
  return withQuery(path, { container, tailLines: String(tailLines), ...(previous ? { previous: 'true' } : {}) });
}
