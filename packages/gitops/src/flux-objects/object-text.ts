import { type PolicyName, printScalar } from '../markers/index.ts';

/** The API version of Flux's image objects that is written. */
export const imageApi = 'image.toolkit.fluxcd.io/v1';

/** The tags that push-manifest-index publishes once, and only for whole indexes: the time orders them as their commits are. */
export const releasePattern = '^i\\d{14}-[0-9a-f]{8}$';

/** Flux's own default, which a list of one's own would replace: signatures of cosign. */
const signatureTags = '^.*\\.sig$';
/** What build-arch-image stages: images of one architecture. */
export const stagingTags = '^build-';

export const exclusions = [signatureTags, stagingTags] as const;

/** Whether the image of a tag is pinned by its digest too, as ImagePolicy means it. */
export type DigestReflection = 'Never' | 'IfNotPresent' | 'Always';

/** The image repository that a policy selects from. */
export interface ScannedImage {
  /** Without tag. */
  readonly name: string;
  /** When it is a private repository of Amazon ECR. */
  readonly ecr?: { readonly account: string; readonly region: string };
}

export interface ScanSettings {
  readonly policy: PolicyName;
  readonly image: ScannedImage;
  readonly reflection?: DigestReflection;
}

/** Scans the repository each minute; on Amazon ECR with the credentials of the controller's pod. */
export function imageRepository({ policy: { namespace, name }, image }: ScanSettings): string {
  const provider = image.ecr === undefined ? [] : ['  provider: aws'];
  return joined([
    `apiVersion: ${imageApi}`,
    'kind: ImageRepository',
    'metadata:',
    `  name: ${name}`,
    `  namespace: ${namespace}`,
    'spec:',
    `  image: ${printScalar(image.name, 'plain')}`,
    '  interval: 1m',
    ...provider,
    '  exclusionList:',
    ...exclusions.map(pattern => `    - '${pattern}'`),
  ]);
}

/** Selects the newest release tag. */
export function imagePolicy({ policy: { namespace, name }, reflection }: ScanSettings): string {
  return joined([
    `apiVersion: ${imageApi}`,
    'kind: ImagePolicy',
    'metadata:',
    `  name: ${name}`,
    `  namespace: ${namespace}`,
    'spec:',
    '  imageRepositoryRef:',
    `    name: ${name}`,
    '  filterTags:',
    `    pattern: '${releasePattern}'`,
    '  policy:',
    '    alphabetical:',
    '      order: asc',
    ...(reflection === undefined ? [] : [`  digestReflectionPolicy: ${reflection}`]),
    // The schema demands an interval with Always, and refuses it with anything else.
    ...(reflection === 'Always' ? ['  interval: 10m'] : []),
  ]);
}

export interface AutomationSettings {
  readonly policy: PolicyName;
  /** The GitRepository that the manifests come from. */
  readonly source: PolicyName;
  /** Checked out and pushed to; default: that of the GitRepository. */
  readonly branch?: string;
  /** The folder whose markers are updated, relative to the repository's root. */
  readonly folder: string;
  readonly author: { readonly name: string; readonly email: string };
}

/** The new images, one a line. `.Changed` is what is left of today's template data: the older `.Updated` stalls the automation. */
export const messageTemplate = '{{range .Changed.Changes}}{{println .NewValue}}{{end}}';

/** Commits what the policies select. */
export function imageUpdateAutomation({ policy, source, branch, folder, author }: AutomationSettings): string {
  return joined([
    `apiVersion: ${imageApi}`,
    'kind: ImageUpdateAutomation',
    'metadata:',
    `  name: ${policy.name}`,
    `  namespace: ${policy.namespace}`,
    'spec:',
    '  interval: 1m',
    '  sourceRef:',
    '    kind: GitRepository',
    `    name: ${source.name}`,
    ...(source.namespace === policy.namespace ? [] : [`    namespace: ${source.namespace}`]),
    '  git:',
    ...(branch === undefined ? [] : ['    checkout:', '      ref:', `        branch: ${printScalar(branch, 'plain')}`]),
    '    commit:',
    '      author:',
    `        name: ${printScalar(author.name, 'plain')}`,
    `        email: ${printScalar(author.email, 'plain')}`,
    `      messageTemplate: '${messageTemplate}'`,
    ...(branch === undefined ? [] : ['    push:', `      branch: ${printScalar(branch, 'plain')}`]),
    '  update:',
    `    path: ${printScalar(folder === '.' ? './' : `./${folder}`, 'plain')}`,
    '    strategy: Setters',
  ]);
}

function joined(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
