import { readFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { ActionError } from '@eks-gitops/errors';
import type { ClusterOptions, KubeconfigTarget } from '../cluster.ts';
import { type Kubeconfig, mergeKubeconfigs, parseKubeconfig } from './parse.ts';

/**
 * Reads what a target means by its kubeconfig: its text, its file, or the files of KUBECONFIG merged (those that are missing are passed
 * over), else ~/.kube/config. Throws CLUSTER_INVALID when there is none, and for one that is malformed.
 */
export async function loadKubeconfig(target: KubeconfigTarget, env: ClusterOptions['env']): Promise<Kubeconfig> {
  if (target.content !== undefined) return parseKubeconfig(target.content, { place: 'the kubeconfig', folder: undefined });
  if (target.path !== undefined) return loadFile(target.path);
  const paths = defaultPaths(env);
  const loaded = await Promise.all(paths.map(path => loadFile(path).catch(missingAsNone)));
  const configs = loaded.filter(config => config !== undefined);
  if (configs.length > 0) return mergeKubeconfigs(configs);
  throw new ActionError({
    code: 'CLUSTER_INVALID',
    message: 'There is no kubeconfig.',
    expected: 'a file that KUBECONFIG names, or ~/.kube/config',
    found: `none of ${paths.join(', ') || 'them: neither KUBECONFIG nor HOME is set'}`,
    remedy: 'Give kubeconfig (a path or the text itself), or cluster-name for a cluster of Amazon EKS.',
  });
}

function defaultPaths({ KUBECONFIG: list, HOME: home }: ClusterOptions['env']): readonly string[] {
  const named = [...new Set((list ?? '').split(delimiter).filter(path => path !== ''))];
  if (list) return named;
  return home ? [join(home, '.kube', 'config')] : [];
}

async function loadFile(path: string): Promise<Kubeconfig> {
  const text = await readFile(path, 'utf8').catch(thrown => {
    throw new ActionError({
      code: 'CLUSTER_INVALID',
      message: `The kubeconfig ${path} could not be read.`,
      found: thrown instanceof Error ? thrown.message : String(thrown),
      cause: thrown,
    });
  });
  return parseKubeconfig(text, { place: path, folder: resolve(dirname(path)) });
}

function missingAsNone(thrown: unknown): undefined {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  if (typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'ENOENT') return undefined;
  throw thrown;
}
