import { ActionError } from '@eks-gitops/errors';
import { tryJson } from '@eks-gitops/http';
import type { Cluster, ResourceName, ResourceSelection } from './cluster.ts';
import type { Exchange, Outcome } from './http/exchange.ts';
import type { Right } from './http/request.ts';
import { kindUnknown, openDiscovery } from './resources/discovery.ts';
import { groupOf } from './resources/kinds.ts';
import { listObjects } from './resources/list.ts';
import { objectPath, podLogPath } from './resources/path.ts';
import { nameObject } from './resources/words.ts';
import { endingAtOnce } from './watch/ending.ts';
import { observeObjects } from './watch/observe.ts';

export interface ClientOptions {
  readonly exchange: Exchange;
  /** How many tries a watch has at a server that has never answered. */
  readonly firstTries: number;
  readonly doubt: number;
  readonly signal: AbortSignal;
  readonly close: () => Promise<void>;
}

/** What a cluster offers, in terms of requests. */
export function openClient({ exchange, firstTries, doubt, signal, close }: ClientOptions): Cluster {
  const resourceOf = openDiscovery(exchange);

  const get = async (name: ResourceName): Promise<unknown> => {
    const resource = await resourceOf(name);
    const purpose = `read ${nameObject(name)}`;
    const right = rightOf('get', name, resource);
    const outcome = await exchange.repeat({ method: 'GET', path: objectPath(name, resource), purpose, right });
    return isMissing(outcome, name) ? undefined : parseObject(outcome, purpose);
  };

  const list: Cluster['list'] = async ({ limit, ...selection }) => {
    const resource = await resourceOf(selection);
    const right = rightOf('list', selection, resource);
    return (await listObjects({ selection, resource, right, limit, ask: exchange.repeat })).objects;
  };

  const patch: Cluster['patch'] = async (name, mergePatch, { subresource } = {}) => {
    const resource = await resourceOf(name);
    const purpose = `change ${subresource === undefined ? '' : `the ${subresource} of `}${nameObject(name)}`;
    const outcome = await exchange.repeat({
      method: 'PATCH',
      path: objectPath(name, resource, subresource),
      purpose,
      right: rightOf('patch', name, subresource === undefined ? resource : `${resource}/${subresource}`),
      body: { type: 'application/merge-patch+json', text: JSON.stringify(mergePatch) },
    });
    if (isMissing(outcome, name)) throw objectMissing(name, purpose);
    return parseObject(outcome, purpose);
  };

  const observe: Cluster['observe'] = (selection, options = {}) =>
    endingAtOnce(async function* (ended) {
      const signals = [signal, ended, ...(options.signal === undefined ? [] : [options.signal])];
      const resource = await resourceOf(selection);
      const right = rightOf('list', selection, resource);
      const { onContact, changesOnly } = options;
      const observed = {
        selection,
        resource,
        right,
        firstTries,
        doubt,
        changesOnly,
        onContact,
        signal: AbortSignal.any(signals),
      };
      yield* observeObjects(exchange, observed);
    });

  const podLog: Cluster['podLog'] = async request => {
    const pod = { apiVersion: 'v1', kind: 'Pod', namespace: request.namespace, name: request.name };
    const outcome = await exchange.repeat({
      method: 'GET',
      path: podLogPath(request),
      purpose: `read the log of the container ${request.container} of ${nameObject(pod)}`,
      right: rightOf('get', pod, 'pods/log'),
    });
    return outcome.kind === 'answered' ? outcome.value : undefined;
  };

  return { server: exchange.server, get, list, patch, observe, podLog, close };
}

function rightOf(verb: string, { apiVersion, namespace, name }: ResourceSelection, resource: string): Right {
  return { verbs: [verb], group: groupOf(apiVersion), resource, namespace, name };
}

/** Throws KIND_UNKNOWN when it is the kind that is missing, not the object. */
function isMissing(outcome: Outcome<string>, name: ResourceName): boolean {
  if (outcome.kind !== 'not-found') return false;
  if (!outcome.isObject) throw kindUnknown(name);
  return true;
}

function parseObject(outcome: Outcome<string>, purpose: string): unknown {
  if (outcome.kind === 'refused') throw outcome.error;
  const text = outcome.kind === 'answered' ? outcome.value : '';
  const object = tryJson(text);
  if (typeof object === 'object' && object !== null) return object;
  throw new ActionError({
    code: 'CLUSTER_RESPONSE',
    message: `The Kubernetes API server gave an answer that is no object: could not ${purpose}.`,
    expected: 'a JSON object',
    found: text.slice(0, 200),
  });
}

function objectMissing(name: ResourceName, purpose: string): ActionError {
  return new ActionError({
    code: 'OBJECT_MISSING',
    message: `There is no such object in the cluster: could not ${purpose}.`,
    expected: `${nameObject(name)} (${name.apiVersion})`,
    likely: 'the name or the namespace is misspelt, or it was never applied',
  });
}
