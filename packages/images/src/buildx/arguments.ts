import { formatPlatform } from '../platform.ts';
import { formatRepository } from '../reference.ts';
import type { BuildRequest, BuildSecret } from './build-request.ts';

export interface BuildCommand {
  readonly args: readonly string[];
  /** Variables for the child process alone: the epoch, and the secrets' values. */
  readonly env: Readonly<Record<string, string>>;
}

/** Where buildx writes what it built; which builder builds, the current one when undefined. */
export interface BuildPlace {
  readonly metadataFile: string;
  readonly builder: string | undefined;
}

/** The command line of one build (docker buildx build reference). Every user's value follows a `=` or the closing `--`. */
export function buildCommand(request: BuildRequest, { metadataFile, builder }: BuildPlace): BuildCommand {
  const { file, target, network, pull, noCache } = request;
  const args = [
    'build',
    ...optional('builder', builder),
    `--platform=${formatPlatform(request.platform)}`,
    '--progress=rawjson',
    `--metadata-file=${metadataFile}`,
    ...optional('file', file),
    ...optional('target', target),
    ...repeated('build-arg', request.buildArgs),
    ...repeated('build-context', request.buildContexts),
    ...repeated('label', Object.entries(request.labels).map(pair)),
    ...request.secrets.map(secretFlag),
    ...repeated('ssh', request.ssh),
    ...repeated('cache-from', request.cacheFrom),
    ...repeated('cache-to', request.cacheTo),
    ...optional('network', network),
    ...repeated('add-host', request.addHosts),
    ...(pull ? ['--pull'] : []),
    ...(noCache ? ['--no-cache'] : []),
    ...destination(request),
    '--',
    request.context,
  ];
  return { args, env: { ...epoch(request), ...secretValues(request.secrets) } };
}

function destination(request: BuildRequest): string[] {
  const { destination, repository, annotations, provenance, sbom } = request;
  if (destination === 'discard') return ['--provenance=false', '--sbom=false', '--output=type=cacheonly'];
  const output = [
    'type=image',
    `name=${formatRepository(repository)}`,
    'push-by-digest=true',
    'name-canonical=true',
    'push=true',
    'rewrite-timestamp=true',
    'oci-mediatypes=true',
    ...(givesEpoch(request) ? [] : [`source-date-epoch=${seconds(request.epoch)}`]),
  ];
  return [...repeated('annotation', annotations), `--provenance=${provenance}`, `--sbom=${sbom}`, `--output=${output.join(',')}`];
}

const epochVariable = 'SOURCE_DATE_EPOCH';

/**
 * buildx makes a build argument of it, unless the user gave one of that name, by value or by name alone. Where no step sees it, the variable
 * is emptied and the exporter alone is told: as a build argument it is part of the cache key of every WORKDIR (moby/buildkit,
 * frontend/dockerfile/dockerfile2llb, `dispatchWorkdir`), and no commit could build on the layers of the one before.
 */
function epoch(request: BuildRequest): Record<string, string> {
  if (hasOwnEpoch(request)) return {};
  return { [epochVariable]: request.epochInSteps ? seconds(request.epoch) : '' };
}

function givesEpoch(request: BuildRequest): boolean {
  return request.epochInSteps || hasOwnEpoch(request);
}

function hasOwnEpoch({ buildArgs }: BuildRequest): boolean {
  return buildArgs.some(item => item.split('=', 1)[0] === epochVariable);
}

function seconds(time: Date): string {
  return String(Math.floor(time.getTime() / 1_000));
}

function secretFlag(secret: BuildSecret, index: number): string {
  switch (secret.kind) {
    case 'value':
      return `--secret=${csv([`id=${secret.id}`, `env=${secretVariable(index)}`])}`;
    case 'env':
      return `--secret=${csv([`id=${secret.id}`, `env=${secret.variable}`])}`;
    case 'file':
      return `--secret=${csv([`id=${secret.id}`, `src=${secret.path}`])}`;
  }
}

function secretValues(secrets: readonly BuildSecret[]): Record<string, string> {
  return Object.fromEntries(
    secrets.flatMap((secret, index) => (secret.kind === 'value' ? [[secretVariable(index), secret.value]] : [])),
  );
}

function secretVariable(index: number): string {
  return `EKS_GITOPS_SECRET_${index}`;
}

/** One record of RFC 4180, as buildx reads the values of such flags. */
function csv(fields: readonly string[]): string {
  return fields.map(field => (/[",\n\r]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',');
}

function pair([key, value]: readonly [string, string]): string {
  return `${key}=${value}`;
}

function optional(flag: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`--${flag}=${value}`];
}

function repeated(flag: string, values: readonly string[]): string[] {
  return values.map(value => `--${flag}=${value}`);
}
