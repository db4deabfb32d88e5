import { CfnResource } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { PipelineOptions } from './options.ts';

/** The Kubernetes group that deploying roles are in; a ClusterRole is bound to it by the owner of the cluster. */
export const deployGroup = 'eks-gitops-deploy';

/**
 * Lets a role into the cluster, as a member of a group and with no rights of its own: the access policies of Amazon EKS know nothing of
 * Flux's objects. A plain resource, since the module of aws-cdk-lib for Amazon EKS would bring 24 MB of layers into the bundle.
 */
export function addAccessEntry(
  scope: Construct,
  { id, roleArn, options }: { id: string; roleArn: string; options: PipelineOptions },
): void {
  if (options.deployment === undefined) return;
  new CfnResource(scope, id, {
    type: 'AWS::EKS::AccessEntry',
    properties: {
      ClusterName: options.deployment.clusterName,
      PrincipalArn: roleArn,
      KubernetesGroups: [deployGroup],
      Type: 'STANDARD',
    },
  });
}
