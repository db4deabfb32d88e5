import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRegistry } from '@eks-gitops/images/registry';
import {
  type BareRepository,
  type CommandWorld,
  type ControlPlane,
  type Flux,
  type FluxArtifact,
  type FluxComponent,
  type GitServer,
  makeCommandWorld,
  pushFluxArtifact,
  pushSyntheticImage,
  type RepositoryFiles,
  startControlPlane,
  startFlux,
  startGitServer,
  startRegistry,
} from '@eks-gitops/testbed';
import { execa } from 'execa';

/** A GitOps repository that Flux applies: a source and its Kustomizations, named after the folders that they apply. */
export interface Gitops extends BareRepository {
  readonly url: string;
  /** Of the source, and of the namespace that its objects are in. */
  readonly namespace: string;
}

export interface HeldFetches {
  /** Resolves with the first request. */
  readonly asked: Promise<void>;
  readonly release: () => void;
}

/** Flux's controllers on an API server without nodes: what is applied is stored, and no pod runs. */
export interface World extends Pick<CommandWorld, 'start' | 'run' | 'leftovers'> {
  readonly plane: ControlPlane;
  readonly flux: Flux;
  readonly git: GitServer;
  /** Leaves what is asked of the git server without an answer, from now until it is released. */
  readonly holdFetches: () => HeldFetches;
  /** `localhost:PORT`. */
  readonly registry: string;
  readonly makeGitops: (files: RepositoryFiles, kustomizations?: Readonly<Record<string, object>>) => Promise<Gitops>;
  readonly pushImage: (repository: string, tag: string) => Promise<void>;
  /** Gives the digest. */
  readonly pushArtifact: (repository: string, artifact: Omit<FluxArtifact, 'registry' | 'repository'>) => Promise<string>;
  /** A kubeconfig for a user without rights of its own. */
  readonly kubeconfigAs: (user: string) => Promise<string>;
  /** Runs the action as a step of GitHub Actions, and gives its job summary. */
  readonly summaryOf: (inputs: Readonly<Record<string, string>>) => Promise<string>;
  readonly stop: () => Promise<void>;
}

export async function makeWorld(components: readonly FluxComponent[]): Promise<World> {
  const fetches = { asked: (): void => undefined, held: Promise.resolve() };
  const onRequest = async (): Promise<undefined> => {
    fetches.asked();
    await fetches.held;
  };
  const [plane, git, registry] = await Promise.all([startControlPlane(), startGitServer({ onRequest }), startRegistry()]);
  const holdFetches: World['holdFetches'] = () => {
    const [asked, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    Object.assign(fetches, { asked: asked.resolve, held: released.promise });
    return { asked: asked.promise, release: released.resolve };
  };
  const flux = await startFlux({ cluster: plane, components });
  const command = await makeCommandWorld('flux-reconcile', { KUBECONFIG: plane.kubeconfig });

  const makeGitops: World['makeGitops'] = async (files, kustomizations = { apps: {} }) => {
    const namespace = `n${randomUUID()}`;
    const repository = await git.createRepository(`${namespace}.git`, files);
    const source = fluxObject('GitRepository', { namespace, name: 'gitops' }, { url: repository.url, ref: { branch: 'main' } });
    const objects = Object.entries(kustomizations).map(([name, more]) =>
      fluxObject('Kustomization', { namespace, name }, { ...kustomization(namespace, name), ...more }),
    );
    await plane.api.apply(
      [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, source, ...objects].map(toYaml).join(''),
    );
    return { ...repository, namespace };
  };

  const client = openRegistry({ credentials: async () => ({ kind: 'anonymous' }), signal: new AbortController().signal });
  const pushImage: World['pushImage'] = async (repository, tag) => {
    const image = { platform: 'linux/amd64', revision: 'a'.repeat(40), commitTime: '2026-11-23T10:17:30Z', content: tag };
    await pushSyntheticImage({ registry: client, repository: { registry: registry.host, path: repository }, tag, ...image });
  };
  const pushArtifact: World['pushArtifact'] = (repository, artifact) =>
    pushFluxArtifact({ registry: client, repository: { registry: registry.host, path: repository }, ...artifact });

  const kubeconfigAs: World['kubeconfigAs'] = async user => {
    const config = JSON.parse(await readFile(plane.kubeconfig, 'utf8'));
    config.users[0].user.as = user;
    return JSON.stringify(config);
  };

  const summaryOf: World['summaryOf'] = async inputs => {
    const file = join(command.root, randomUUID());
    await writeFile(file, '');
    const given = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
    const env = { PATH: process.env['PATH'], HOME: command.root, RUNNER_TEMP: command.root, KUBECONFIG: plane.kubeconfig };
    await execa(process.execPath, [join(import.meta.dirname, 'main.ts')], {
      ...{ cwd: command.root, extendEnv: false, reject: false },
      env: { ...env, GITHUB_STEP_SUMMARY: file, ...Object.fromEntries(given) },
    });
    return readFile(file, 'utf8');
  };

  const stop = async (): Promise<void> => {
    await client.close();
    await Promise.all([flux.stop(), git.stop(), registry.stop()]);
    await plane.stop();
    await command.remove();
  };
  return {
    plane,
    flux,
    git,
    holdFetches,
    registry: registry.host,
    makeGitops,
    pushImage,
    pushArtifact,
    kubeconfigAs,
    summaryOf,
    start: command.start,
    run: command.run,
    leftovers: command.leftovers,
    stop,
  };
}

const groups = {
  GitRepository: 'source.toolkit.fluxcd.io/v1',
  OCIRepository: 'source.toolkit.fluxcd.io/v1',
  HelmRelease: 'helm.toolkit.fluxcd.io/v2',
  HelmRepository: 'source.toolkit.fluxcd.io/v1',
  Kustomization: 'kustomize.toolkit.fluxcd.io/v1',
  ImageRepository: 'image.toolkit.fluxcd.io/v1',
  ImagePolicy: 'image.toolkit.fluxcd.io/v1',
  ImageUpdateAutomation: 'image.toolkit.fluxcd.io/v1',
} as const;

/** An object of Flux that acts by itself once an hour, so that what happens is our doing. */
export function fluxObject(kind: keyof typeof groups, metadata: { namespace: string; name: string }, spec: object): object {
  return { apiVersion: groups[kind], kind, metadata, spec: { ...(kind === 'ImagePolicy' ? {} : { interval: '1h' }), ...spec } };
}

function kustomization(namespace: string, name: string): object {
  return { path: `./${name}`, prune: true, targetNamespace: namespace, sourceRef: { kind: 'GitRepository', name: 'gitops' } };
}

/** JSON is YAML. */
export function toYaml(object: object): string {
  return `---\n${JSON.stringify(object)}\n`;
}

/** A manifest of a ConfigMap. */
export function configMap(name: string, value: string): string {
  return toYaml({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { value } });
}
