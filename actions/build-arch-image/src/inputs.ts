import { ecrInputs, factInputs, input, registryInputs, type ValuesOf } from '@eks-gitops/action';
import { parsePlatform, parseRepository } from '@eks-gitops/images';
import { parseBuilder } from '@eks-gitops/images/buildx';

/** What is built, from which commit. */
const subject = {
  image: input.text(
    {
      description: 'The image repository, without tag or digest.',
      required: true,
      example: '123456789012.dkr.ecr.us-west-2.amazonaws.com/shop/ui',
    },
    { allowed: 'an image repository without tag or digest', parse: parseRepository },
  ),
  platform: input.text(
    {
      description: 'The one platform to build for, such as linux/amd64 or linux/arm64.',
      required: true,
      example: 'linux/arm64',
      formerly: ['platforms'],
    },
    { allowed: 'one platform, os/architecture[/variant]', parse: parseOnePlatform },
  ),
  context: input.text({ description: 'The folder of the build context, in the work tree of the commit.', default: '.' }),
  file: input.text({ description: 'The Dockerfile. Default: Dockerfile in the context.' }),
  target: input.text({ description: 'The stage of the Dockerfile to build. Default: the last one.' }),
  revision: factInputs.revision,
  'commit-time': factInputs['commit-time'],
  'allow-dirty': input.boolean({
    description:
      'Build although files of the context, or its Dockerfile, differ from the commit. The image is then not that of its commit.',
  }),
};

/** What goes into the build. */
const content = {
  'build-args': input.lines(
    {
      description:
        'Build arguments, NAME=value a line; NAME alone takes the value from the environment. Not for secrets: they can be read in the process list and the image.',
    },
    { allowed: 'NAME=value or NAME, one a line', parse: parseBuildArg },
  ),
  'build-contexts': input.lines(
    { description: 'More build contexts, name=folder or name=docker-image://image a line.' },
    { allowed: 'name=value, one a line', parse: parsePair },
  ),
  labels: input.lines(
    { description: 'Labels of the image, key=value a line. Those that name commit and inputs are set by the action.' },
    { allowed: 'key=value, one a line', parse: parseNamed },
  ),
  annotations: input.lines(
    { description: 'Annotations, key=value a line; [manifest:]key=value says where, as for docker buildx build.' },
    { allowed: 'key=value, one a line', parse: parsePair },
  ),
  secrets: input.lines(
    { description: 'Secrets for RUN --mount=type=secret, id=value a line.', secret: true },
    { allowed: 'id=value, one a line', parse: parseSecret },
  ),
  'secret-envs': input.lines(
    { description: 'Secrets from environment variables, id=VARIABLE a line.' },
    { allowed: 'id=VARIABLE, one a line', parse: parseSecret },
  ),
  'secret-files': input.lines(
    { description: 'Secrets from files, id=path a line.' },
    { allowed: 'id=path, one a line', parse: parseSecret },
  ),
  ssh: input.lines({ description: 'SSH agents or keys for RUN --mount=type=ssh: default, or id=socket or key a line.' }),
  network: input.choice({ description: 'The network of RUN steps. Default: that of the builder.' }, ['default', 'none', 'host']),
  'add-hosts': input.items({ description: 'Host names for RUN steps, name:address.' }),
  provenance: input.text({
    description: 'Provenance attestation: true, false, or attributes. mode=max would also record the build arguments.',
    default: 'mode=min',
  }),
  sbom: input.text({
    description: 'Software bill of materials: true, false, or generator=IMAGE. The generator is pulled as an image.',
    default: 'false',
  }),
};

/** How it is built. */
const means = {
  builder: input.text(
    {
      description:
        "Where to build: a buildx builder's name, unix:///path or tcp://host:port of a BuildKit, or kubernetes://NAMESPACE for pods on a cluster. Default: buildx's current builder; a container of BuildKit is added where that one cannot push by digest.",
    },
    { allowed: 'a name, unix:///path, tcp://host:port or kubernetes://NAMESPACE', parse: parseBuilder },
  ),
  'buildkit-image': input.text({ description: "BuildKit's image for a builder that is made here, for a mirror." }),
  cache: input.choice(
    {
      description:
        "Where layers are kept for the next build, by platform and branch: registry beside the image, gha in GitHub's cache. Each branch also reads the default one's. Pull requests, and push: false, only read.",
      default: 'none',
    },
    ['registry', 'gha', 'none'],
  ),
  'default-branch': input.text({
    description: 'The branch whose cache all others read too. Default: what the CI says.',
  }),
  'cache-from': input.lines({ description: 'More caches to read, such as type=gha, one a line.' }),
  'cache-to': input.lines({
    description:
      'More caches to write, such as type=gha,mode=max, one a line. Pull requests, and push: false, never write caches.',
  }),
  pull: input.boolean({ description: 'Look for newer base images even when the builder has them.' }),
  'no-cache': input.boolean({ description: 'Build every step anew.' }),
};

/** Where it goes, and under which name the index job finds it. */
const destination = {
  push: input.boolean({
    description: 'Push the image. false only builds it, without login and cache writes, for pull requests.',
    default: 'true',
  }),
  stage: input.boolean({
    description: 'Put a staging tag on the image, by which push-manifest-index finds it. false pushes by digest alone.',
    default: 'true',
  }),
  reuse: input.choice(
    {
      description:
        "run: takes the image that this run has staged already for the same commit, platform and inputs, and builds nothing. For re-runs; a secret's new value or a newer base image makes no other build.",
      default: 'none',
    },
    ['run', 'none'],
  ),
  scope: input.text(
    {
      description:
        'Tells the builds of one run apart; the index job needs the same. Default: 8 digits over image, context, file and target. Builds that differ only in build-args need one each.',
    },
    { allowed: 'up to 40 letters, digits, and . _ -', parse: parseScope },
  ),
  'run-id': factInputs['run-id'],
  attempt: factInputs.attempt,
};

export const inputs = { ...subject, ...content, ...means, ...destination, ...registryInputs, ...ecrInputs };
export type BuildInputs = ValuesOf<typeof inputs>;

function parseOnePlatform(text: string) {
  if (text.includes(','))
    throw new Error('it is a list: this action builds one platform, so run it once for each, in parallel jobs');
  return parsePlatform(text);
}

/** A key with its value, which may hold further equals signs. */
export interface Named {
  readonly name: string;
  readonly value: string;
}

function parseNamed(item: string): Named {
  const at = item.indexOf('=');
  if (at < 1) throw new Error(`"${item}" is not of the form name=value`);
  return { name: item.slice(0, at), value: item.slice(at + 1) };
}

function parsePair(item: string): string {
  parseNamed(item);
  return item;
}

function parseBuildArg(item: string): string {
  if (item.startsWith('=')) throw new Error(`"${item}" has no name`);
  return item;
}

/** Errors tell no more than the id: the rest may be secret. */
function parseSecret(item: string): Named {
  const at = item.indexOf('=');
  const id = item.slice(0, Math.max(at, 0));
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(id))
    throw new Error('an item is not of the form id=…, with an id of letters, digits, and . _ -');
  if (at === item.length - 1) throw new Error(`the secret ${id} is empty`);
  return { name: id, value: item.slice(at + 1) };
}

function parseScope(text: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/.test(text)) throw new Error(`"${text}" cannot be part of a tag`);
  return text;
}
