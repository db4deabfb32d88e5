import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import { makeBusyboxLayout } from '../busybox-layout.ts';
import { createFolder, removeFolder } from '../folder.ts';
import { startProcess } from '../process.ts';
import { removeGroup, sweepGroups } from '../sandbox/cgroups.ts';
import { requireTool } from '../toolchain/find.ts';
import { type ControlPlane, nodeName } from './control-plane.ts';
import {
  credentialProvider,
  formatContainerdConfig,
  formatCredentialConfig,
  formatCredentialProvider,
  formatKubeletConfig,
  formatPodNetwork,
  type NodeSettings,
} from './node-files.ts';

/** A machine of a cluster. */
export interface ClusterNode {
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

export interface NodeOptions extends Pick<NodeSettings, 'address' | 'podNetwork' | 'bridge' | 'login'> {
  readonly controlPlane: ControlPlane;
}

const pauseImage = { name: 'testbed/pause', tag: '1' };
const condition = z.looseObject({ type: z.string(), status: z.string() });
const nodeStatus = z.object({ status: z.object({ conditions: z.array(condition) }) });

/**
 * Starts a kubelet with containerd, and waits until its node is ready for pods. Processes and mounts are in namespaces of their own,
 * the network is the caller's (needs root in a sandbox).
 */
export async function startNode({ controlPlane, ...options }: NodeOptions): Promise<ClusterNode> {
  const [containerd, kubelet, runc, busybox] = await Promise.all([
    requireTool('containerd'),
    requireTool('kubelet'),
    requireTool('runc'),
    requireTool('busybox-amd64'),
  ]);
  await sweepGroups();
  const folder = await createFolder('node');
  const group = basename(folder);
  const plugins = join(dirname(dirname(dirname(containerd))), 'usr', 'lib', 'cni');
  const settings = { ...options, folder, group, pauseImage: Object.values(pauseImage).join(':'), programs: { runc, plugins } };
  await furnish(settings);
  const kubeconfig = controlPlane.kubeconfigOf('node');
  const clean = async (): Promise<void> => {
    await removeGroup(group);
    await removeFolder(folder);
  };
  const server = await startProcess({
    name: 'the node',
    command: 'unshare',
    args: [
      ...['--mount', '--pid', '--fork', '--mount-proc', '--kill-child'],
      ...['sh', '-ec', script, 'node', group, folder, busybox, settings.bridge],
      ...[settings.pauseImage, kubelet, ...kubeletArgs({ settings, kubeconfig })],
    ],
    env: { PATH: `${dirname(containerd)}:${process.env['PATH'] ?? ''}` },
    folder,
    ready: async () => ((await isReady(controlPlane)) ? nodeName : undefined),
    within: 120,
  }).catch(async error => {
    await clean();
    throw error;
  });
  const stop = async (): Promise<void> => {
    // Nothing of it is kept, so a kind end would only take longer.
    await server.kill();
    await clean();
  };
  return { log: server.log, stop };
}

async function furnish(settings: NodeSettings): Promise<void> {
  const { folder } = settings;
  const layout = join(folder, 'pause');
  await Promise.all(['cni', 'credentials'].map(name => mkdir(join(folder, name))));
  await makeBusyboxLayout({ folder: layout, tag: pauseImage.tag, command: ['sleep', '2147483647'] });
  await execa('tar', ['--create', `--file=${layout}.tar`, `--directory=${layout}`, '.']);
  await writeFile(join(folder, 'containerd.toml'), formatContainerdConfig(settings));
  await writeFile(join(folder, 'cni', 'pods.conflist'), formatPodNetwork(settings));
  await writeFile(join(folder, 'kubelet.json'), formatKubeletConfig(settings));
  await writeFile(join(folder, 'credentials.json'), formatCredentialConfig());
  await writeFile(join(folder, 'credentials', credentialProvider), formatCredentialProvider(settings), { mode: 0o700 });
}

/**
 * Both programs write below /run, /var/lib and /var/log, whatever folders they are told, and the kubelet sets parameters of the whole
 * machine's kernel unless it reads that they are set: it reads files of ours. The shell stays, as the first process, to take in
 * orphans, and its end is that of all the pods.
 */
const script = `
group=$1 folder=$2 busybox=$3 bridge=$4 pause=$5
shift 5
for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/*/
do
  [ -e "$hierarchy/cgroup.procs" ] || continue
  mkdir -p "$hierarchy/$group/node"
  { echo $$ > "$hierarchy/$group/node/cgroup.procs"; } 2> /dev/null || :
done
for own in /run /var/lib /var/log
do mount -t tmpfs eks-gitops $own
done
for set in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 \\
  kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000
do
  mkdir -p /run/sysctl/$(dirname $set)
  echo \${set#*=} > /run/sysctl/\${set%=*}
  mount --bind /run/sysctl/\${set%=*} /proc/sys/\${set%=*}
done
$busybox ip link delete $bridge 2> /dev/null || :
containerd --config=$folder/containerd.toml &
containerd=$!
until ctr version > /dev/null 2>&1
do
  kill -0 $containerd
  sleep 0.1
done
ctr --namespace=k8s.io images import --base-name=docker.io/\${pause%:*} $folder/pause.tar
ctr --namespace=k8s.io images label docker.io/$pause io.cri-containerd.image=managed
"$@" &
wait $!`;

function kubeletArgs({ settings, kubeconfig }: { settings: NodeSettings; kubeconfig: string }): string[] {
  const { folder, address } = settings;
  return [
    `--config=${join(folder, 'kubelet.json')}`,
    `--kubeconfig=${kubeconfig}`,
    ...[`--hostname-override=${nodeName}`, `--node-ip=${address}`],
    `--image-credential-provider-config=${join(folder, 'credentials.json')}`,
    `--image-credential-provider-bin-dir=${join(folder, 'credentials')}`,
  ];
}

async function isReady({ api }: ControlPlane): Promise<boolean> {
  const node = await api.get({ apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName } }).catch(() => undefined);
  const found = nodeStatus.safeParse(node);
  return found.success && found.data.status.conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}
