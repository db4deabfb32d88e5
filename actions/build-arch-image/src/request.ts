import { resolve } from 'node:path';
import { type CiFacts, resolveRun } from '@eks-gitops/action';
import { type NoWorkTree, pathInRepository, type WorkTree } from '@eks-gitops/gitops';
import { buildScope, commitTimeLabel, revisionLabel, stagingTag } from '@eks-gitops/images';
import { type BuildRequest, type BuildSecret, type ExpectedImage, inputsDigest, labelsOf } from '@eks-gitops/images/buildx';
import { formatTime } from '@eks-gitops/images/manifest-index';
import { type BuildCommit, resolveCommit } from './commit.ts';
import type { BuildInputs } from './inputs.ts';

export interface BuildWorld {
  /** Where relative paths start from. */
  readonly workspace: string;
  readonly workTree: WorkTree | NoWorkTree;
  readonly facts: CiFacts;
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
  const caches = writtenCaches(inputs, world);
  const request = {
    ...plain,
    labels: { ...plain.labels, ...own },
    annotations: [
      ...plain.annotations,
      `manifest:${revisionLabel}=${expected.revision}`,
      `manifest:${commitTimeLabel}=${expected.commitTime}`,
    ],
    cacheTo: caches.written,
  };
  const notices = [...commit.notices, ...overruledLabels(plain.labels, own), ...caches.notices];
  return { request, commit, expected, stagingTag: tagOf(inputs, world, { commit, contextPath }), notices };
}

function plainRequest(inputs: BuildInputs, { workspace }: BuildWorld, { time }: BuildCommit): BuildRequest {
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
    cacheFrom: inputs['cache-from'],
    cacheTo: inputs['cache-to'],
    provenance: inputs.provenance,
    sbom: inputs.sbom,
    network: inputs.network,
    addHosts: inputs['add-hosts'],
    pull: inputs.pull,
    noCache: inputs['no-cache'],
    epoch: time,
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

function tagOf(
  inputs: BuildInputs,
  { facts }: BuildWorld,
  { commit, contextPath }: { readonly commit: BuildCommit; readonly contextPath: string },
): string {
  if (!inputs.stage || !inputs.push) return '';
  const { image: repository, file = '', target = '' } = inputs;
  const scope = inputs.scope ?? buildScope({ repository, context: contextPath, file, target });
  const run = resolveRun({ facts, inputs, revision: commit.revision });
  return stagingTag({ runId: run.id, scope, attempt: run.attempt, platform: inputs.platform });
}

function writtenCaches(inputs: BuildInputs, { facts }: BuildWorld): { written: readonly string[]; notices: string[] } {
  const asked = inputs['cache-to'];
  const why = !inputs.push ? 'push is false' : facts.pullRequest ? 'this is a pull request' : undefined;
  if (asked.length === 0 || why === undefined) return { written: asked, notices: [] };
  return { written: [], notices: [`cache-to is passed over, because ${why}: caches are written by trusted builds only.`] };
}

function overruledLabels(given: Readonly<Record<string, string>>, own: Readonly<Record<string, string>>): string[] {
  const overruled = Object.entries(own).filter(([label, value]) => (given[label] ?? value) !== value);
  return overruled.map(
    ([label, value]) => `The label ${label} is set by the action to ${value}; the given ${given[label]} is passed over.`,
  );
}
