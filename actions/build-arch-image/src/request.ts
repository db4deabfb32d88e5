import { resolve } from 'node:path';
import { type CiFacts, resolveRun } from '@eks-gitops/action';
import { type NoWorkTree, pathInRepository, type WorkTree } from '@eks-gitops/gitops';
import { buildScope, commitTimeLabel, revisionLabel, stagingTags } from '@eks-gitops/images';
import { type BuildRequest, type BuildSecret, type ExpectedImage, inputsDigest, labelsOf } from '@eks-gitops/images/buildx';
import { formatTime } from '@eks-gitops/images/manifest-index';
import { planCaches } from './caches.ts';
import { type BuildCommit, resolveCommit } from './commit.ts';
import type { BuildInputs } from './inputs.ts';

export interface BuildWorld {
  /** Where relative paths start from. */
  readonly workspace: string;
  readonly workTree: WorkTree | NoWorkTree;
  /** The Dockerfile's text; empty when it cannot be read, which buildx tells. */
  readonly dockerfile: string;
  readonly facts: CiFacts;
  /** Undefined when nobody says it. */
  readonly defaultBranch: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: Date;
}

/** All that is decided before anything is started. */
export interface BuildPlan {
  readonly request: BuildRequest;
  readonly commit: BuildCommit;
  readonly expected: ExpectedImage;
  /** Empty when the image is not to be staged. */
  readonly stagingTag: string;
  /** Where this run may have staged the same build already, that tag first; empty when a staged image is not to be reused. */
  readonly reusableTags: readonly string[];
  readonly notices: readonly string[];
}

/** Decides from the inputs, the work tree and the CI's facts what is built, how it is labelled and where it is staged. */
export function planBuild(inputs: BuildInputs, world: BuildWorld): BuildPlan {
  const commit = resolveCommit({
    given: { revision: inputs.revision, commitTime: inputs['commit-time'] },
    workTree: world.workTree,
    facts: world.facts,
    allowDirty: inputs['allow-dirty'],
    now: world.now,
  });
  const contextPath = pathInRepository({ ...world, folder: inputs.context });
  const plain = plainRequest(inputs, world, commit);
  const buildArgs = plain.buildArgs.map(item => withValue(item, world.env));
  const expected = {
    platform: inputs.platform,
    revision: commit.revision,
    commitTime: formatTime(commit.time),
    inputs: inputsDigest({ ...plain, buildArgs }, { revision: commit.revision, contextPath }),
  };
  const own = labelsOf(expected);
  const scope = scopeOf(inputs, contextPath);
  const caches = planCaches(inputs, { ...world, commit, scope });
  const request = {
    ...plain,
    labels: { ...plain.labels, ...own },
    annotations: [
      ...plain.annotations,
      `manifest:${revisionLabel}=${expected.revision}`,
      `manifest:${commitTimeLabel}=${expected.commitTime}`,
    ],
    cacheFrom: caches.from,
    cacheTo: caches.to,
  };
  const notices = [...commit.notices, ...overruledLabels(plain.labels, own), ...caches.notices];
  const tags = tagsOf(inputs, world, { commit, scope });
  const reuse = inputs.reuse === 'run' && !commit.dirty;
  return { request, commit, expected, stagingTag: tags[0] ?? '', reusableTags: reuse ? tags : [], notices };
}

function plainRequest(inputs: BuildInputs, { workspace, dockerfile }: BuildWorld, { time }: BuildCommit): BuildRequest {
  return {
    repository: inputs.image,
    platform: inputs.platform,
    context: resolve(workspace, inputs.context),
    file: inputs.file,
    target: inputs.target,
    buildArgs: inputs['build-args'],
    buildContexts: inputs['build-contexts'],
    labels: Object.fromEntries(inputs.labels.map(({ name, value }) => [name, value])),
    annotations: inputs.annotations,
    secrets: secretsOf(inputs),
    ssh: inputs.ssh,
    cacheFrom: [],
    cacheTo: [],
    provenance: inputs.provenance,
    sbom: inputs.sbom,
    network: inputs.network,
    addHosts: inputs['add-hosts'],
    pull: inputs.pull,
    noCache: inputs['no-cache'],
    epoch: time,
    epochInSteps: /^\s*ARG\s[^#]*\bSOURCE_DATE_EPOCH\b/im.test(dockerfile),
    destination: inputs.push ? 'push' : 'discard',
  };
}

function secretsOf(inputs: BuildInputs): BuildSecret[] {
  return [
    ...inputs.secrets.map(({ name, value }) => ({ kind: 'value' as const, id: name, value })),
    ...inputs['secret-envs'].map(({ name, value }) => ({ kind: 'env' as const, id: name, variable: value })),
    ...inputs['secret-files'].map(({ name, value }) => ({ kind: 'file' as const, id: name, path: value })),
  ];
}

/** A build argument by name alone takes its value from the environment: another value is another build. */
function withValue(item: string, env: BuildWorld['env']): string {
  const value = item.includes('=') ? undefined : env[item];
  return value === undefined ? item : `${item}=${value}`;
}

function scopeOf({ scope, image: repository, file = '', target = '' }: BuildInputs, context: string): string {
  return scope ?? buildScope({ repository, context, file, target });
}

/** The staging tag of this attempt, before those of the run's earlier ones. */
function tagsOf(
  inputs: BuildInputs,
  { facts }: BuildWorld,
  { commit, scope }: { readonly commit: BuildCommit; readonly scope: string },
): readonly string[] {
  if (!inputs.stage || !inputs.push) return [];
  const run = resolveRun({ facts, inputs, revision: commit.revision });
  return stagingTags({ runId: run.id, scope, attempt: run.attempt, platform: inputs.platform });
}

function overruledLabels(given: Readonly<Record<string, string>>, own: Readonly<Record<string, string>>): string[] {
  const overruled = Object.entries(own).filter(([label, value]) => (given[label] ?? value) !== value);
  return overruled.map(
    ([label, value]) => `The label ${label} is set by the action to ${value}; the given ${given[label]} is passed over.`,
  );
}
