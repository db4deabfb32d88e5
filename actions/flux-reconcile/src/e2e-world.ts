import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { openRegistry } from '@eks-gitops/images/registry';
import {
  type BareRepository,
  type ControlPlane,
  type Flux,
  type FluxArtifact,
  type FluxComponent,
  type GitServer,
  pushFluxArtifact,
  pushSyntheticImage,
  type RepositoryFiles,
  startControlPlane,
  startFlux,
  startGitServer,
  startRegistry,
} from '@eks-gitops/testbed';
import { execa } from 'execa';

const command = join(import.meta.dirname, '../../../packages/cli/src/bin.ts');

export interface Finished {
  readonly exitCode: number | undefined;
  readonly outputs: Readonly<Record<string, string>>;
  readonly error: Readonly<Record<string, string>>;
  /** What was said on standard error. */
  readonly log: string;
}

/** A run that goes on. */
export interface Running {
  readonly finished: Promise<Finished>;
  readonly cancel: () => void;
  /** Resolves when it has said something. */
  readonly said: (words: string) => Promise<void>;
}

/** A GitOps repository that Flux applies: a source and its Kustomizations, named after the folders that they apply. */
export interface Gitops extends BareRepository {
  readonly url: string;
  /** Of the source, and of the namespace that its objects are in. */
  readonly namespace: string;
}

/** Flux's controllers on an API server without nodes: what is applied is stored, and no pod runs. */
export interface World {
  readonly plane: ControlPlane;
  readonly flux: Flux;
  readonly git: GitServer;
  /** `localhost:PORT`. */
  readonly registry: string;
  readonly makeGitops: (files: RepositoryFiles, kustomizations?: Readonly<Record<string, object>>) => Promise<Gitops>;
  readonly pushImage: (repository: string, tag: string) => Promise<void>;
  /** Gives the digest. */
  readonly pushArtifact: (repository: string, artifact: Omit<FluxArtifact, 'registry' | 'repository'>) => Promise<string>;
  /** A kubeconfig for a user without rights of its own. */
  readonly kubeconfigAs: (user: string) => Promise<string>;
  readonly start: (args: readonly string[], env?: Readonly<Record<string, string>>) => Running;
  readonly run: (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Finished>;
  /** Runs the action as a step of GitHub Actions, and gives its job summary. */
  readonly summaryOf: (inputs: Readonly<Record<string, string>>) => Promise<string>;
  readonly stop: () => Promise<void>;
}

export async function makeWorld(components: readonly FluxComponent[]): Promise<World> {
  const [plane, git, registry] = await Promise.all([startControlPlane(), startGitServer(), startRegistry()]);
  const flux = await startFlux({ cluster: plane, components });
  const folder = await mkdtemp(join(tmpdir(), 'flux-reconcile-'));

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

  const start: World['start'] = (args, more = {}) => {
    const path = [dirname(process.execPath), process.env['PATH']].join(delimiter);
    const env = { PATH: path, HOME: folder, TMPDIR: folder, KUBECONFIG: plane.kubeconfig, ...more };
    const child = execa(process.execPath, [command, 'flux-reconcile', '--json', ...args], {
      ...{ cwd: folder, env, extendEnv: false, reject: false, stdin: 'ignore', forceKillAfterDelay: false },
    } as const);
    const finished = child.then(({ stdout, stderr, exitCode }) => ({
      ...{ exitCode, log: stderr, outputs: {}, error: {} },
      ...JSON.parse(stdout || '{}'),
    }));
    let heard = '';
    child.stderr.on('data', part => {
      heard += String(part);
    });
    const said = async (words: string): Promise<void> => {
      const ended = finished.then(({ log }) => {
        throw new Error(`It never said "${words}", but: ${log}`);
      });
      ended.catch(() => undefined);
      while (!heard.includes(words)) await Promise.race([once(child.stderr, 'data'), ended]);
    };
    return { finished, said, cancel: () => child.kill('SIGTERM') };
  };

  const summaryOf: World['summaryOf'] = async inputs => {
    const file = join(folder, randomUUID());
    await writeFile(file, '');
    const given = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
    const env = { PATH: process.env['PATH'], HOME: folder, RUNNER_TEMP: folder, KUBECONFIG: plane.kubeconfig };
    await execa(process.execPath, [join(import.meta.dirname, 'main.ts')], {
      ...{ cwd: folder, extendEnv: false, reject: false },
      env: { ...env, GITHUB_STEP_SUMMARY: file, ...Object.fromEntries(given) },
    });
    return readFile(file, 'utf8');
  };

  const stop = async (): Promise<void> => {
    await client.close();
    await Promise.all([flux.stop(), git.stop(), registry.stop()]);
    await plane.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return {
    plane,
    flux,
    git,
    registry: registry.host,
    makeGitops,
    pushImage,
    pushArtifact,
    kubeconfigAs,
    summaryOf,
    start,
    run: (...given) => start(...given).finished,
    stop,
  };
}

const groups = {
  GitRepository: 'source.toolkit.fluxcd.io/v1',
  OCIRepository: 'source.toolkit.fluxcd.io/v1',
  HelmRelease: 'helm.toolkit.fluxcd.io/v2',
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
