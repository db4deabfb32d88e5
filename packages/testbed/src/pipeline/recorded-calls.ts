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

/** The call that an SDK made, and whose key has signed it ("Signature Version 4", the Authorization header). */
export function apiCall({ headers, method, path }: RecordedRequest): AwsCall & { readonly accessKey: string } {
  const [target = '', operation = ''] = String(headers['x-amz-target'] ?? '').split('.');
  const accessKey = /Credential=([^/]+)\//.exec(headers.authorization ?? '')?.[1];
  const service = services[target];
  if (service === undefined || accessKey === undefined) throw new Error(`It is not known what call ${method} ${path} is.`);
  return { action: `${service}:${operation}`, resource: '*', accessKey };
}

/** The right that a request to CodeCommit's git side needs. */
export function gitCall({ path }: ServedGitRequest, { region, account }: StackPlace): AwsCall {
  const name = /^\/v1\/repos\/([^/?]+)/.exec(path)?.[1] ?? '';
  const action = path.includes('git-receive-pack') ? 'codecommit:GitPush' : 'codecommit:GitPull';
  return { action, resource: `arn:aws:codecommit:${region}:${account}:${name}` };
}
