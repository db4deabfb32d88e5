import { isAbsolute, join } from 'node:path';
import { ActionError } from '@eks-gitops/errors';
import { tryJson } from '@eks-gitops/http';
import { z } from 'zod';
import type { ClusterOptions } from '../cluster.ts';
import type { ObtainedCredentials } from '../http/credentials.ts';
import type { ClusterEntry, ExecEntry } from './schema.ts';

export interface PluginRequest {
  readonly exec: ExecEntry;
  /** What a command with a slash in it starts from; undefined: the working folder. */
  readonly folder: string | undefined;
  /** Told to the plugin when it asks for it. */
  readonly cluster: ClusterEntry;
  readonly authorities: string | undefined;
  readonly env: ClusterOptions['env'];
  readonly signal: AbortSignal;
  readonly mask: (secret: string) => void;
}

const text = z.string().min(1).optional();
const answer = z.object({
  kind: z.literal('ExecCredential'),
  apiVersion: z.string(),
  status: z.object({
    token: text,
    clientCertificateData: text,
    clientKeyData: text,
    expirationTimestamp: z.iso.datetime({ offset: true }).optional(),
  }),
});

/**
 * Asks an exec plugin for credentials (Kubernetes documentation, "Authenticating", client-go credential plugins). It has no terminal,
 * gets the given environment with its own variables over it, and two minutes. Throws CLUSTER_INVALID.
 */
export async function askExecPlugin(request: PluginRequest): Promise<ObtainedCredentials> {
  const { exec, signal, mask } = request;
  const { execa } = await import('execa');
  const result = await execa(commandOf(request), exec.args, {
    env: environmentOf(request),
    extendEnv: false,
    stdin: 'ignore',
    timeout: 120_000,
    cancelSignal: signal,
    forceKillAfterDelay: 500,
    reject: false,
  });
  signal.throwIfAborted();
  if (result.failed) throw pluginFailed(exec, result.stderr || result.shortMessage || 'it failed');
  const parsed = answer.safeParse(tryJson(result.stdout));
  if (!parsed.success) throw pluginFailed(exec, 'its answer is no ExecCredential with a status');
  const { apiVersion, status } = parsed.data;
  if (apiVersion !== exec.apiVersion)
    throw pluginFailed(exec, `it answered in ${apiVersion}, and was asked in ${exec.apiVersion}`);
  const { token, clientCertificateData: certificate, clientKeyData: key, expirationTimestamp } = status;
  if ((certificate === undefined) !== (key === undefined))
    throw pluginFailed(exec, 'it gave a certificate or a key without the other');
  if (token === undefined && certificate === undefined) throw pluginFailed(exec, 'it gave neither a token nor a certificate');
  for (const secret of [token, key]) if (secret !== undefined) mask(secret);
  return {
    credentials: {
      authorization: token === undefined ? undefined : `Bearer ${token}`,
      certificate: certificate === undefined || key === undefined ? undefined : { certificate, key },
    },
    expires: expirationTimestamp === undefined ? undefined : Date.parse(expirationTimestamp),
  };
}

function commandOf({ exec: { command = '' }, folder }: PluginRequest): string {
  return command.includes('/') && !isAbsolute(command) && folder !== undefined ? join(folder, command) : command;
}

function environmentOf({ exec, env, cluster, authorities }: PluginRequest): Record<string, string> {
  const given = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  const own = exec.env.map(({ name, value }) => [name, value] as const);
  const info = {
    apiVersion: exec.apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(exec.provideClusterInfo ? { cluster: clusterInfo(cluster, authorities) } : {}) },
  };
  return { ...Object.fromEntries([...given, ...own]), KUBERNETES_EXEC_INFO: JSON.stringify(info) };
}

function clusterInfo(cluster: ClusterEntry, authorities: string | undefined): object {
  const config = cluster.extensions.find(({ name }) => name === 'client.authentication.k8s.io/exec')?.extension;
  return {
    server: cluster.server,
    ...(cluster['tls-server-name'] ? { 'tls-server-name': cluster['tls-server-name'] } : {}),
    ...(cluster['insecure-skip-tls-verify'] ? { 'insecure-skip-tls-verify': true } : {}),
    ...(authorities ? { 'certificate-authority-data': Buffer.from(authorities).toString('base64') } : {}),
    ...(cluster['proxy-url'] ? { 'proxy-url': cluster['proxy-url'] } : {}),
    ...(config === undefined ? {} : { config }),
  };
}

function pluginFailed({ command, installHint }: ExecEntry, found: string): ActionError {
  return new ActionError({
    code: 'CLUSTER_INVALID',
    message: `The exec plugin ${command} of the kubeconfig gave no credentials.`,
    found,
    likely: 'it is not installed here, or cannot sign in',
    remedy: installHint ?? 'Install or repair it, or use cluster-name for a cluster of Amazon EKS, which needs no plugin.',
  });
}
