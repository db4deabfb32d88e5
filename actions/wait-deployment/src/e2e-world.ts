import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import {
  type BusyboxImage,
  type Cluster,
  type Ecr,
  pageCommand,
  pushBusyboxImage,
  startCluster,
  startEcr,
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

/** A run of the command that is under way. */
export interface Running {
  /** Resolves when standard error has held the words. */
  readonly said: (words: string) => Promise<void>;
  readonly interrupt: () => void;
  readonly finished: Promise<Finished>;
}

/** A real cluster with two versions of a page in its registry, and the command as a user runs it. */
export interface World {
  readonly cluster: Cluster;
  readonly ecr: Ecr;
  readonly one: BusyboxImage;
  readonly two: BusyboxImage;
  readonly start: (args: readonly string[]) => Running;
  readonly run: (args: readonly string[]) => Promise<Finished>;
  /** What the runs have left behind. */
  readonly leftovers: () => Promise<readonly string[]>;
  readonly stop: () => Promise<void>;
}

export async function makeWorld(): Promise<World> {
  const [cluster, ecr] = await Promise.all([startCluster(), startEcr()]);
  const push = (version: string): Promise<BusyboxImage> =>
    pushBusyboxImage({ registry: ecr, repository: 'shop/ui', tag: version, command: pageCommand(version) });
  const one = await push('i20261101000000-00000001');
  const two = await push('i20261102000000-00000002');
  const temporary = await mkdtemp(join(tmpdir(), 'wait-deployment-'));
  const env = {
    PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
    HOME: temporary,
    TMPDIR: temporary,
    KUBECONFIG: cluster.kubeconfig,
    NODE_EXTRA_CA_CERTS: ecr.certificateFile,
    ...ecr.env,
  };
  const start = (args: readonly string[]): Running => {
    return follow(startCommand(args, env));
  };
  return {
    cluster,
    ecr,
    one,
    two,
    start,
    run: args => start(args).finished,
    leftovers: () => readdir(temporary),
    stop: async () => {
      await Promise.all([cluster.stop(), ecr.stop(), rm(temporary, { recursive: true, force: true })]);
    },
  };
}

function startCommand(args: readonly string[], env: Readonly<Record<string, string>>) {
  const options = { env, extendEnv: false, reject: false, stdin: 'ignore' } as const;
  return execa(process.execPath, [command, 'wait-deployment', '--json', ...args], options);
}

function follow(child: ReturnType<typeof startCommand>): Running {
  let log = '';
  const finished = child.then(({ stdout, exitCode }) => ({
    exitCode,
    log,
    outputs: {},
    error: {},
    ...JSON.parse(stdout || '{}'),
  }));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    log += chunk;
  });
  const said = async (words: string): Promise<void> => {
    while (!log.includes(words)) {
      await Promise.race([
        new Promise(resolve => child.stderr.once('data', resolve)),
        finished.then(() => {
          throw new Error(`It never said "${words}": ${log}`);
        }),
      ]);
    }
  };
  return { said, interrupt: () => child.kill('SIGINT'), finished };
}

export interface WorkloadChange {
  readonly kind?: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  readonly name: string;
  readonly namespace?: string;
  readonly image: string;
  readonly spec?: object;
  readonly podSpec?: object;
  readonly container?: object;
}

/** A workload's manifest, whose pods end quickly. */
export function workload(change: WorkloadChange): string {
  const { kind = 'Deployment', name, namespace = 'default', image, spec, podSpec, container } = change;
  const labels = { app: name };
  const template = {
    metadata: { labels },
    spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'ui', image, ...container }], ...podSpec },
  };
  const metadata = { name, namespace, labels: { part: 'shop' } };
  return JSON.stringify({
    apiVersion: 'apps/v1',
    kind,
    metadata,
    spec: { selector: { matchLabels: labels }, template, ...spec },
  });
}
