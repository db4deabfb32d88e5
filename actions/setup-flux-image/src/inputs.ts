import { input, repositoryInputs, type ValuesOf } from '@eks-gitops/action';
import { parsePolicyName } from '@eks-gitops/gitops';
import { parseFolder, parseImageName, parseManifestFile, parsePort } from './values.ts';

const yamlFile = 'a YAML file from the root of the repository';

/** Which value of which manifest follows which image. */
const image = {
  policy: input.text(
    {
      description: 'The ImagePolicy, as NAMESPACE:NAME, or NAME in flux-system. The ImageRepository gets the same name.',
      required: true,
      example: 'flux-system:ui',
    },
    { allowed: 'NAMESPACE:NAME, or NAME', parse: parsePolicyName },
  ),
  image: input.text(
    {
      description: 'The repository that push-manifest-index publishes to, without tag.',
      required: true,
      example: '123456789012.dkr.ecr.us-west-2.amazonaws.com/shop/ui',
    },
    { allowed: 'a repository such as REGISTRY/PATH', parse: parseImageName },
  ),
  'current-image': input.text(
    {
      description: 'The image that the manifests name now, without tag, where that is another. It stays until a tag is written.',
      example: 'public.ecr.aws/aws-containers/retail-store-sample-ui',
    },
    { allowed: 'a repository such as REGISTRY/PATH', parse: parseImageName },
  ),
  file: input.lines(
    {
      description: 'The files to mark, one a line. Default: the one file below path that names the image.',
    },
    { allowed: yamlFile, parse: parseManifestFile },
  ),
  container: input.text({ description: 'The container whose image is marked, whatever it names now.' }),
  key: input.text({
    description:
      'The value that is marked, by the keys down to it, for what is found by neither image nor container. For a Helm chart, the key of the mapping with repository and tag.',
    example: 'spec.template.spec.containers[ui].image',
  }),
};

/** What is written beside it. */
const objects = {
  automation: input.choice(
    {
      description:
        'Who commits new tags. flux: an ImageUpdateAutomation, unless one covers the policy already. action: bump-flux-image, so that none is written.',
      default: 'flux',
    },
    ['flux', 'action'],
  ),
  'suspend-automation': input.boolean({
    description:
      'With automation: action, suspends the ImageUpdateAutomations that write the same markers. Without it they are an error.',
  }),
  source: input.text(
    {
      description: 'The GitRepository that the manifests come from, as NAMESPACE:NAME, or NAME in flux-system.',
      default: 'flux-system:flux-system',
    },
    { allowed: 'NAMESPACE:NAME, or NAME', parse: parsePolicyName },
  ),
  'update-path': input.text(
    { description: 'The folder in which the ImageUpdateAutomation writes. Default: the one that holds all markers.' },
    { allowed: 'a folder from the root of the repository', parse: parseFolder },
  ),
  'digest-reflection': input.choice(
    { description: 'The digestReflectionPolicy of the ImagePolicy. Default: as it is, for a new one Never.' },
    ['Never', 'IfNotPresent', 'Always'],
  ),
  'objects-file': input.text(
    {
      description:
        "The file for objects that do not exist yet. Default: NAME-image-automation.yaml beside the app, or in the next folder above whose kustomization leaves the objects' names and namespaces alone.",
    },
    { allowed: yamlFile, parse: parseManifestFile },
  ),
  'flux-path': input.text({
    description:
      "The folder of the repository in which Flux's image objects are looked for, and brought to today's API version. Narrow it where the repository holds several clusters.",
    default: '.',
  }),
};

const ingress = {
  ingress: input.boolean({
    description: 'Writes an Ingress beside the app too, for the AWS Load Balancer Controller: internet-facing, pods as targets.',
  }),
  'ingress-name': input.text({ description: 'The name of the Ingress. Default: that of the policy.' }),
  'ingress-namespace': input.text({ description: 'Its namespace. Default: that of the app.' }),
  'ingress-host': input.text({ description: 'The host that it answers for. Default: every host.' }),
  'ingress-service': input.text({ description: 'The service behind it. Default: the name of the policy.' }),
  'ingress-port': input.text(
    { description: 'The port of that service.', default: '80' },
    { allowed: 'a port number', parse: parsePort },
  ),
  'health-check-path': input.text({
    description: 'The path that the load balancer asks each pod for.',
    default: '/actuator/health/liveness',
  }),
};

const dryRun = { 'dry-run': input.boolean({ description: 'Only shows what would be changed.' }) };

const { repository, branch, 'push-branch': pushBranch, path, mode, timeout, ...rest } = repositoryInputs;
const place = {
  repository,
  branch: {
    ...branch,
    description: `${branch.description} When it is given, a new ImageUpdateAutomation names it; else that takes the branch of its GitRepository.`,
  },
  'push-branch': pushBranch,
  path: { ...path, description: 'The folder or file of the repository in which the image is named.' },
  mode,
};

export const inputs = { ...image, ...place, ...objects, ...ingress, ...dryRun, timeout, ...rest };
export type SetupInputs = ValuesOf<typeof inputs>;
