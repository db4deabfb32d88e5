import { githubRepositoryForm } from '@eks-gitops/codepipeline/names';
import type { Deployment, GitHubRole, PipelineOptions, Source } from '@eks-gitops/codepipeline/stack';
import { ActionError } from '@eks-gitops/errors';
import type { ProvisionInputs } from './inputs.ts';

/** What the stack is made from. Throws INPUT_MISSING and INPUT_INVALID for inputs that do not go together. */
export function pipelineOptions(inputs: ProvisionInputs): PipelineOptions {
  const { name, 'artifact-key': key, 'artifact-bucket': bucket, 'image-repository': given } = inputs;
  const repository = given ?? name.toLowerCase();
  return {
    name,
    source: sourceOf(inputs),
    context: inputs.context,
    buildArgs: inputs['build-args'],
    executionMode: modes[inputs['execution-mode']],
    toolPackage:
      inputs['tool-package'] ?? missing('tool-package', 'the package that builds run, such as eks-gitops-actions@1.2.3'),
    repository: { kind: inputs['create-image-repository'] ? 'create' : 'existing', name: repository },
    bucket: bucket === undefined ? { kind: 'create' } : { kind: 'existing', name: bucket },
    encryption: typeof key === 'string' ? { kind: key } : { kind: 'existing', keyArn: key.arn },
    cache: inputs.cache,
    logRetentionDays: inputs['log-retention-days'],
    buildTimeoutMinutes: inputs['build-timeout'],
    stagingImageDays: inputs['staging-image-days'],
    ...whenGiven({
      file: inputs.file,
      target: inputs.target,
      buildkitImage: inputs['buildkit-image'],
      concurrentBuilds: inputs['concurrent-builds'],
      failureTopicArn: inputs['failure-topic'],
      permissionsBoundaryArn: inputs['permissions-boundary'],
      network: networkOf(inputs),
      deployment: deploymentOf(inputs),
      githubRole: githubRoleOf(inputs),
    }),
  };
}

const modes = { superseded: 'SUPERSEDED', queued: 'QUEUED', parallel: 'PARALLEL' } as const;

function sourceOf(inputs: ProvisionInputs): Source {
  const { name, branch, source, 'source-repository': repository } = inputs;
  refuse(inputs, unfit[source], `with source: ${source}`);
  switch (source) {
    case 'codecommit':
      return { kind: source, repository: repository ?? name, branch, create: inputs['create-source-repository'] };
    case 'connection':
      return {
        kind: source,
        connectionArn: inputs['connection-arn'] ?? missing('connection-arn', 'the connection, with source: connection'),
        repository: ownerAndName(repository ?? missing('source-repository', 'OWNER/NAME, with source: connection')),
        branch,
      };
    case 's3':
      return { kind: source, ...(inputs['source-object'] ?? missing('source-object', 's3://BUCKET/KEY, with source: s3')) };
  }
}

/** Inputs that mean nothing with a kind of source: one that is given is a mistake that would otherwise be found much later. */
const unfit = {
  codecommit: ['connection-arn', 'source-object'],
  connection: ['create-source-repository', 'source-object'],
  s3: ['connection-arn', 'create-source-repository', 'source-repository'],
} as const satisfies Record<ProvisionInputs['source'], readonly (keyof ProvisionInputs)[]>;

function networkOf(inputs: ProvisionInputs): PipelineOptions['network'] {
  const { 'vpc-id': vpcId, 'subnet-ids': subnetIds, 'security-group-ids': securityGroupIds } = inputs;
  if (vpcId === undefined) {
    refuse(inputs, ['subnet-ids', 'security-group-ids'], 'without vpc-id');
    return undefined;
  }
  if (subnetIds.length === 0) missing('subnet-ids', 'at least one subnet, with vpc-id');
  if (securityGroupIds.length === 0) missing('security-group-ids', 'at least one security group, with vpc-id');
  return { vpcId, subnetIds, securityGroupIds };
}

function deploymentOf(inputs: ProvisionInputs): Deployment | undefined {
  const { 'cluster-name': clusterName, namespace, 'flux-image-repository': imageRepository, ingress } = inputs;
  if (clusterName === undefined) {
    refuse(inputs, ['kustomization', 'flux-image-repository', 'workload', 'ingress'], 'without cluster-name');
    return undefined;
  }
  return {
    clusterName,
    kustomization: inputs.kustomization ?? missing('kustomization', 'the Kustomization, with cluster-name'),
    deployment: inputs.workload ?? missing('workload', 'the Deployment, with cluster-name'),
    namespace,
    ...whenGiven({ imageRepository, ingress }),
  };
}

function githubRoleOf(inputs: ProvisionInputs): GitHubRole | undefined {
  const { 'github-repository': repository, 'github-subjects': subjects, 'github-provider': providerArn, branch } = inputs;
  if (repository === undefined) {
    refuse(inputs, ['github-subjects', 'github-provider'], 'without github-repository');
    return undefined;
  }
  if (!githubRepositoryForm.test(repository)) throw invalid('github-repository', 'OWNER/NAME or OWNER@ID/NAME@ID', repository);
  const wide = subjects.find(subject => !/^(?:ref:refs\/(?:heads|tags)\/|environment:)[^*?]/.test(subject));
  if (wide !== undefined) throw invalid('github-subjects', 'ref:refs/heads/BRANCH, ref:refs/tags/TAG or environment:NAME', wide);
  return {
    repository,
    subjects: subjects.length > 0 ? subjects : [`ref:refs/heads/${branch}`],
    ...whenGiven({ providerArn }),
  };
}

function ownerAndName(given: string): string {
  if (!/^[\w.-]+(?:\/[\w.-]+)+$/.test(given)) throw invalid('source-repository', 'OWNER/NAME', given);
  return given;
}

type Given<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

/** What is not given is left out. */
function whenGiven<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}

function refuse(inputs: ProvisionInputs, names: readonly (keyof ProvisionInputs)[], where: string): void {
  const given = names.find(name => {
    const value = inputs[name];
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
  });
  if (given !== undefined) throw invalid(given, `no ${given} ${where}`, 'one');
}

function missing(name: string, expected: string): never {
  throw new ActionError({ code: 'INPUT_MISSING', message: `The input ${name} is missing.`, expected });
}

function invalid(name: string, expected: string, found: string): ActionError {
  return new ActionError({ code: 'INPUT_INVALID', message: `The input ${name} is not valid.`, expected, found });
}
