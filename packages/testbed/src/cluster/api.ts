import { request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

/** How one of a control plane's own users reaches it. */
export interface ApiAccess {
  readonly url: string;
  /** PEM certificate of the authority that the server's certificate is of. */
  readonly authority: string;
  readonly token: string;
}

/** What names an object; `namespace` is left out where the kind has none. */
export interface ObjectName {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string | undefined };
}

export interface ObjectKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  /** As in `app=ui`. */
  readonly labelSelector?: string;
}

/** The Kubernetes API as far as tests need it. Every call rejects with the server's own words when it refuses. */
export interface KubernetesApi {
  /** Applies the objects of a YAML text one by one, server-side; what others have set is overruled. */
  readonly apply: (manifests: string) => Promise<void>;
  readonly get: (name: ObjectName) => Promise<unknown>;
  /** The objects of a kind, of one namespace or of all. */
  readonly list: (kind: ObjectKind) => Promise<readonly unknown[]>;
  /** Deletes an object; resolves before what depends on it is gone. */
  readonly remove: (name: ObjectName) => Promise<void>;
  /** Reads an object again and again until it is there and as wanted; rejects with what it was last after `within` seconds, default 60. */
  readonly waitFor: (name: ObjectName, options: WaitOptions) => Promise<void>;
  /** Merges a patch (RFC 7386) into an object, or into its status alone. */
  readonly patch: (name: ObjectName, patch: object) => Promise<void>;
  readonly patchStatus: (name: ObjectName, status: object) => Promise<void>;
}

export interface WaitOptions {
  readonly until: (object: unknown) => boolean;
  readonly within?: number;
}

const objectName = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});
const objectList = z.object({ items: z.array(z.unknown()) });
const resourceList = z.object({ resources: z.array(z.object({ name: z.string(), kind: z.string() })) });

export function openApi(access: ApiAccess): KubernetesApi {
  const send = async (name: ObjectName, { path = '', ...rest }: Partial<ApiRequest> = {}): Promise<unknown> =>
    callApi(access, { ...rest, path: `${await objectPath(access, name)}${path}` });
  const apply = async (manifests: string): Promise<void> => {
    for (const document of parseAllDocuments(manifests)) {
      const object: unknown = document.toJS();
      if (object === null) continue;
      const path = '?fieldManager=eks-gitops-testbed&force=true';
      await send(objectName.parse(object), { method: 'PATCH', path, type: 'application/apply-patch+yaml', body: object });
    }
  };
  const merge = async (name: ObjectName, path: string, body: object): Promise<void> => {
    await send(name, { method: 'PATCH', path, type: 'application/merge-patch+json', body });
  };
  const waitFor = async (name: ObjectName, { until, within = 60 }: WaitOptions): Promise<void> => {
    const deadline = Date.now() + within * 1000;
    for (;;) {
      const found = await send(name).catch((error: unknown) => String(error));
      if (typeof found !== 'string' && until(found)) return;
      if (Date.now() > deadline) throw new Error(`Not as wanted after ${within} s: ${JSON.stringify(found)}`);
      await sleep(50);
    }
  };
  return {
    apply,
    get: name => send(name),
    list: async ({ labelSelector = '', ...kind }) => {
      const path = `${await kindPath(access, kind)}?labelSelector=${encodeURIComponent(labelSelector)}`;
      return objectList.parse(await callApi(access, { path })).items;
    },
    remove: async name => {
      await send(name, { method: 'DELETE' });
    },
    waitFor,
    patch: (name, body) => merge(name, '', body),
    patchStatus: (name, status) => merge(name, '/status', { status }),
  };
}

async function objectPath(access: ApiAccess, { apiVersion, kind, metadata: { name, namespace } }: ObjectName): Promise<string> {
  return `${await kindPath(access, { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }) })}/${name}`;
}

async function kindPath(access: ApiAccess, { apiVersion, kind, namespace }: Omit<ObjectKind, 'labelSelector'>): Promise<string> {
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const { resources } = resourceList.parse(await callApi(access, { path: group }));
  const resource = resources.find(({ name, kind: known }) => known === kind && !name.includes('/'))?.name;
  if (resource === undefined) throw new Error(`The API server knows no ${kind} in ${apiVersion}.`);
  const place = namespace === undefined ? '' : `/namespaces/${namespace}`;
  return `${group}${place}/${resource}`;
}

export interface ApiRequest {
  readonly method?: 'GET' | 'PATCH' | 'DELETE';
  /** With the query. */
  readonly path: string;
  readonly type?: string;
  readonly body?: unknown;
}

/** One call of the API with its JSON answer; rejects unless the server answers with 2xx. */
export async function callApi(
  { url, authority, token }: ApiAccess,
  { method = 'GET', path, type, body }: ApiRequest,
): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json', ...(type ? { 'content-type': type } : {}) };
  const sent = request(new URL(path, url), { method, headers, ca: authority }, answer => {
    const chunks: string[] = [];
    answer.setEncoding('utf8').on('data', chunk => chunks.push(String(chunk)));
    answer.once('error', reject).once('end', () => {
      const text = chunks.join('');
      const { statusCode = 0 } = answer;
      if (statusCode < 200 || statusCode > 299) reject(new Error(`${method} ${path}: ${statusCode} ${text}`));
      else resolve(answer.headers['content-type']?.startsWith('application/json') ? JSON.parse(text) : text);
    });
  });
  sent.once('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  return promise;
}
