import type { ServedGitRequest } from '../git/git-server.ts';
import type { RecordedRequest } from '../proxy.ts';
import type { AwsCall } from './policy.ts';
import type { StackPlace } from './template.ts';

/** What each request of the registry's protocol needs in Amazon ECR. The PUT that ends an upload may carry all of the layer, as BuildKit's does. */
const registryRights: readonly { readonly method: RegExp; readonly path: RegExp; readonly actions: readonly string[] }[] = [
  { method: /^(?:GET|HEAD)$/, path: /\/manifests\//, actions: ['ecr:BatchGetImage'] },
  { method: /^PUT$/, path: /\/manifests\//, actions: ['ecr:PutImage'] },
  { method: /^HEAD$/, path: /\/blobs\/sha256:/, actions: ['ecr:BatchCheckLayerAvailability'] },
  { method: /^GET$/, path: /\/blobs\/sha256:/, actions: ['ecr:GetDownloadUrlForLayer'] },
  { method: /^POST$/, path: /\/blobs\/uploads\//, actions: ['ecr:InitiateLayerUpload'] },
  { method: /^PATCH$/, path: /\/blobs\/uploads\//, actions: ['ecr:UploadLayerPart'] },
  { method: /^PUT$/, path: /\/blobs\/uploads\//, actions: ['ecr:UploadLayerPart', 'ecr:CompleteLayerUpload'] },
];

/**
 * The rights that a request to the registry needs; none for the bare `/v2/`, which needs a token alone. ECR speaks the protocol in
 * terms of its own API (https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html lists the rights of a push). Throws on
 * a request that is not known, such as a deletion.
 */
export function registryCalls({ method, path }: RecordedRequest, { region, account }: StackPlace): AwsCall[] {
  const name = /^\/v2\/(.+?)\/(?:manifests|blobs)\//.exec(path)?.[1];
  if (name === undefined && /^\/v2\/?$/.test(path)) return [];
  const right = registryRights.find(one => one.method.test(method) && one.path.test(path));
  if (name === undefined || right === undefined) throw new Error(`It is not known what right ${method} ${path} needs.`);
  return right.actions.map(action => ({ action, resource: `arn:aws:ecr:${region}:${account}:repository/${name}` }));
}

const services: Readonly<Record<string, string>> = { AmazonEC2ContainerRegistry_V20150921: 'ecr' };

/** The call that an SDK made, and whose key has signed it ("Signature Version 4", the Authorization header). Throws on one that is not known. */
export function apiCall(request: RecordedRequest, place: StackPlace): AwsCall & { readonly accessKey: string } {
  const accessKey = /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1];
  const call = targetedCall(request) ?? clusterCall(request, place);
  if (call === undefined || accessKey === undefined) {
    throw new Error(`It is not known what call ${request.method} ${request.path} is.`);
  }
  return { ...call, accessKey };
}

function targetedCall({ headers }: RecordedRequest): AwsCall | undefined {
  const [target = '', operation = ''] = String(headers['x-amz-target'] ?? '').split('.');
  const service = services[target];
  return service === undefined ? undefined : { action: `${service}:${operation}`, resource: '*' };
}

/** https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeCluster.html */
function clusterCall({ method, path }: RecordedRequest, { region, account }: StackPlace): AwsCall | undefined {
  const name = /^\/clusters\/([^/?]+)$/.exec(path)?.[1];
  if (method !== 'GET' || name === undefined) return undefined;
  return { action: 'eks:DescribeCluster', resource: `arn:aws:eks:${region}:${account}:cluster/${name}` };
}

/** The right that a request to CodeCommit's git side needs. */
export function gitCall({ path }: ServedGitRequest, { region, account }: StackPlace): AwsCall {
  const name = /^\/v1\/repos\/([^/?]+)/.exec(path)?.[1] ?? '';
  const action = path.includes('git-receive-pack') ? 'codecommit:GitPush' : 'codecommit:GitPull';
  return { action, resource: `arn:aws:codecommit:${region}:${account}:${name}` };
}
