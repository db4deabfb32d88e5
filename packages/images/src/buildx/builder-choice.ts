import { ActionError } from '@eks-gitops/errors';
import { formatPlatform, type Platform, parsePlatform, samePlatform } from '../platform.ts';
import { lastError } from './failure.ts';

/** Which builder builds: the one buildx uses by default, one the user made, or one that is made for this build. */
export type BuilderChoice =
  | { readonly kind: 'current' }
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'remote'; readonly endpoint: string }
  | { readonly kind: 'kubernetes'; readonly namespace: string };

/** Reads a builder's name, `unix:///path`, `tcp://host:port` or `kubernetes://NAMESPACE`. Throws a sentence. */
export function parseBuilder(text: string): BuilderChoice {
  const [, scheme, rest = ''] = /^([a-z0-9+.-]+):\/\/(.*)$/.exec(text) ?? [];
  switch (scheme) {
    case undefined:
      if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(text)) return { kind: 'named', name: text };
      break;
    case 'unix':
      if (rest.startsWith('/')) return { kind: 'remote', endpoint: text };
      break;
    case 'tcp':
      if (/^[^/\s]+:\d{1,5}$/.test(rest)) return { kind: 'remote', endpoint: text };
      break;
    case 'kubernetes':
      if (/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(rest)) return { kind: 'kubernetes', namespace: rest };
      break;
  }
  throw new Error(`"${text}" is not a builder's name, unix:///path, tcp://host:port or kubernetes://NAMESPACE`);
}

/** What is made for one build: a container beside docker, or what the user chose. */
export type BuilderToMake = { readonly kind: 'container' } | Extract<BuilderChoice, { kind: 'remote' | 'kubernetes' }>;

export interface BuilderPlan {
  readonly name: string;
  readonly make: BuilderToMake;
  readonly platform: Platform;
  /** BuildKit's image, for a mirror. */
  readonly image: string | undefined;
}

/** The arguments that make a builder (docker buildx create reference). On Kubernetes its pod is asked onto a node of the platform. */
export function createArguments({ name, make, platform, image }: BuilderPlan): readonly string[] {
  const create = ['create', `--name=${name}`];
  const fromImage = image === undefined ? [] : [`--driver-opt=image=${image}`];
  switch (make.kind) {
    case 'container':
      return [...create, '--driver=docker-container', ...fromImage];
    case 'remote':
      return [...create, '--driver=remote', '--', make.endpoint];
    case 'kubernetes':
      return [
        ...create,
        '--driver=kubernetes',
        `--platform=${formatPlatform(platform)}`,
        `--driver-opt=namespace=${make.namespace}`,
        `--driver-opt=nodeselector=kubernetes.io/arch=${platform.architecture}`,
        ...fromImage,
      ];
  }
}

/** What `docker buildx inspect` says of a builder. */
export interface BuilderState {
  readonly driver: string;
  /** Of each node, the platforms in its own order: the first is the machine's. */
  readonly nodes: readonly (readonly string[])[];
  readonly error: string | undefined;
}

export function parseInspection(text: string): BuilderState {
  const lines = text.split(/\r?\n/);
  const value = (name: string) =>
    lines
      .find(line => line.startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim() ?? '';
  const platforms = lines.filter(line => line.startsWith('Platforms:'));
  return {
    driver: value('Driver'),
    nodes: platforms.map(line =>
      line
        .slice('Platforms:'.length)
        .split(',')
        .map(one => one.trim().replace(/\*$/, '')),
    ),
    error: value('Error') || undefined,
  };
}

/** Whether the platform is no node's own; undefined when the builder does not say. */
export function isEmulated({ nodes }: BuilderState, platform: Platform): boolean | undefined {
  const own = nodes.flatMap(([first = '']) => (first === '' ? [] : [parsePlatform(first)]));
  return own.length === 0 ? undefined : !own.some(one => samePlatform(one, platform));
}

/** Says that a build is emulated, and how to have it on a machine of its own kind. */
export function emulationWarning({ nodes }: BuilderState, platform: Platform): string {
  const asked = formatPlatform(platform);
  const [first = ''] = nodes[0] ?? [];
  const foreign = nodes.some(list => list.some(one => samePlatform(parsePlatform(one), platform)));
  const slow = foreign
    ? `${asked} is emulated: the builder's own platform is ${first}. RUN steps are several times slower than on a native machine.`
    : `The builder runs on ${first} and cannot run ${asked}: RUN steps will fail (docker/setup-qemu-action adds emulation).`;
  const runner = platform.architecture === 'arm64' ? 'ubuntu-24.04-arm' : 'ubuntu-24.04';
  const fleet = platform.architecture === 'arm64' ? 'ARM_CONTAINER' : 'LINUX_CONTAINER';
  const pods = platform.architecture === 'arm64' ? 'Graviton' : platform.architecture;
  return `${slow} Native: runs-on: ${runner} on GitHub, ${fleet} on CodeBuild, or builder: kubernetes://NAMESPACE on an EKS cluster with ${pods} nodes.`;
}

/** A builder that does not exist, does not answer or could not be made, in buildx's own words. */
export function builderUnavailable(choice: BuilderChoice, words: string): ActionError {
  const dockerless = choice.kind === 'current' && /docker API|Docker daemon/.test(words);
  return new ActionError({
    code: 'BUILDER_UNAVAILABLE',
    message: `${nameOf(choice)} cannot be used.`,
    found: lastError(words) || words.trim() || 'no word of explanation',
    ...(dockerless ? withoutDocker : { remedy: remedies[choice.kind] }),
  });
}

function nameOf(choice: BuilderChoice): string {
  switch (choice.kind) {
    case 'current':
      return "buildx's current builder";
    case 'named':
      return `The builder ${choice.name}`;
    case 'remote':
      return `The builder at ${choice.endpoint}`;
    case 'kubernetes':
      return `The builder in the namespace ${choice.namespace}`;
  }
}

const withoutDocker = {
  likely: 'no Docker daemon runs here',
  remedy:
    'start Docker, or give the input builder the address of a BuildKit: tcp://host:port, unix:///path or kubernetes://NAMESPACE',
};

const remedies = {
  current: 'make a builder with docker buildx create --use (docker/setup-buildx-action on GitHub), or give the input builder',
  named: 'check the input builder; docker buildx ls shows the builders of this machine',
  remote: 'check that a BuildKit listens there, and that this machine may reach it',
  kubernetes:
    'check the kubeconfig of this job (aws eks update-kubeconfig), and that it may make deployments and exec into pods there',
};
