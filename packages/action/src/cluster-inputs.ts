import { resolve } from 'node:path';
import { ActionError } from '@eks-gitops/errors';
import type { ActionContext } from './context.ts';
import { boolean, text, type ValuesOf } from './input.ts';

/** Which cluster an action speaks to, and as whom; shared by all actions that need one. */
export const clusterInputs = {
  'cluster-name': text({
    description:
      'The Amazon EKS cluster, by name or ARN. Signed in to with the AWS credentials of the environment; neither the aws CLI nor kubectl is needed.',
    example: 'eks-workshop',
  }),
  region: text({
    description: "The region of that cluster. Default: the ARN's, else AWS_REGION, AWS_DEFAULT_REGION, else the profile's.",
    example: 'us-west-2',
  }),
  'role-to-assume': text({
    description: 'The ARN of an IAM role that is assumed before AWS or the cluster is asked for anything.',
    example: 'arn:aws:iam::123456789012:role/deploy',
  }),
  // Not declared secret: every line of it would be masked, `kind: Config` too, and a path as well. Connecting masks the secrets in it.
  kubeconfig: text({
    description:
      'A kubeconfig for any other cluster: a path, or the YAML itself. Default without cluster-name: inside a cluster, the service account of the pod; elsewhere what KUBECONFIG names, else ~/.kube/config.',
  }),
  context: text({ description: 'The context of the kubeconfig. Default: its current-context.' }),
  'allow-exec': boolean({
    description: 'Lets a kubeconfig that was given as YAML run the programs that it names for signing in.',
  }),
};
export type ClusterInputs = ValuesOf<typeof clusterInputs>;

type Target =
  | { readonly kind: 'eks'; readonly name: string; readonly region: string | undefined; readonly roleArn: string | undefined }
  | {
      readonly kind: 'kubeconfig';
      readonly path?: string;
      readonly content?: string;
      readonly context: string | undefined;
      readonly allowExec: boolean;
    }
  | { readonly kind: 'in-cluster' };

/**
 * The cluster that the inputs mean, as the cluster domain takes it. Throws INPUT_INVALID where they mean two, INPUT_MISSING where a
 * region or role goes with no cluster.
 */
export function clusterTarget(inputs: ClusterInputs, { env, workspace }: Pick<ActionContext, 'env' | 'workspace'>): Target {
  const { 'cluster-name': name, region, 'role-to-assume': roleArn, kubeconfig, context, 'allow-exec': allowExec } = inputs;
  if (name !== undefined) {
    if (kubeconfig !== undefined) throw twoClusters('cluster-name and kubeconfig');
    if (context !== undefined) throw twoClusters('cluster-name and context');
    return { kind: 'eks', name, region, roleArn };
  }
  if (region !== undefined) throw withoutCluster('region');
  if (roleArn !== undefined) throw withoutCluster('role-to-assume');
  if (kubeconfig !== undefined) {
    const given = isContent(kubeconfig) ? { content: kubeconfig } : { path: resolve(workspace, kubeconfig) };
    return { kind: 'kubeconfig', ...given, context, allowExec };
  }
  if (context === undefined && (env['KUBERNETES_SERVICE_HOST'] ?? '') !== '') return { kind: 'in-cluster' };
  return { kind: 'kubeconfig', context, allowExec };
}

/** A kubeconfig has keys, in YAML or JSON; a path has no line breaks. */
function isContent(kubeconfig: string): boolean {
  return kubeconfig.trim().includes('\n') || kubeconfig.trimStart().startsWith('{');
}

function twoClusters(found: string): ActionError {
  return new ActionError({
    code: 'INPUT_INVALID',
    message: 'More than one cluster is named.',
    expected: 'cluster-name, or kubeconfig with or without context',
    found,
  });
}

function withoutCluster(name: string): ActionError {
  return new ActionError({
    code: 'INPUT_MISSING',
    message: 'The input cluster-name is missing.',
    expected: `cluster-name and ${name} together`,
    found: `only ${name}`,
  });
}
