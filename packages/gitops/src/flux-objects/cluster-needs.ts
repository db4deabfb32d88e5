import type { ScannedImage } from './object-text.ts';

export interface SetUpState {
  readonly image: ScannedImage;
  /** Who commits. */
  readonly automation: 'flux' | 'action';
  /** Whether the ImagePolicy gives digests, for which manifests are read. */
  readonly reflects: boolean;
}

/** What the cluster has to have, as text to read: it is not seen from here. */
export function clusterNeeds(state: SetUpState): string {
  return `${controllers(state.automation)}\n\n${ecrAccess(state) ?? credentials(state.image)}`;
}

function controllers(automation: 'flux' | 'action'): string {
  const own = 'flux install --components-extra=image-reflector-controller,image-automation-controller';
  const write = 'The GitRepository needs credentials that may push, since Flux commits.';
  const only = 'With automation: action the image-automation-controller may be left out.';
  return [
    'Flux with its image controllers, which a plain installation lacks:',
    `  ${own}`,
    automation === 'flux' ? write : only,
  ].join('\n');
}

function credentials({ name }: ScannedImage): string {
  return `If ${name} is not public: secretRef in the ImageRepository, naming a docker-registry Secret in its namespace.`;
}

function ecrAccess(state: SetUpState): string | undefined {
  const policy = scanPolicy(state);
  if (policy === undefined) return undefined;
  const where = '--namespace flux-system --service-account image-reflector-controller';
  return [
    'Read access to the repository for the service account image-reflector-controller in flux-system, by a role with this policy:',
    ...JSON.stringify(policy, null, 2)
      .split('\n')
      .map(line => `  ${line}`),
    'given with EKS Pod Identity:',
    `  aws eks create-pod-identity-association --cluster-name CLUSTER ${where} --role-arn ROLE_ARN`,
    'or with IRSA, by the annotation eks.amazonaws.com/role-arn on that service account. Then restart the controller:',
    '  kubectl rollout restart deployment --namespace flux-system image-reflector-controller',
  ].join('\n');
}

/**
 * The IAM policy of a scan of Amazon ECR: a token, the list of tags, and the manifest whose digest an ImagePolicy reflects. Nothing for an
 * image elsewhere. Source: image-reflector-controller, internal/controller (remote.List, remote.Head).
 */
export function scanPolicy({ image: { name, ecr }, reflects }: SetUpState): object | undefined {
  if (ecr === undefined) return undefined;
  const { account, region } = ecr;
  const repository = name.slice(name.indexOf('/') + 1);
  return {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
      {
        Effect: 'Allow',
        Action: reflects ? ['ecr:ListImages', 'ecr:BatchGetImage'] : 'ecr:ListImages',
        Resource: `arn:${partitionOf(region)}:ecr:${region}:${account}:repository/${repository}`,
      },
    ],
  };
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return region.startsWith('eusc-') ? 'aws-eusc' : 'aws';
}
