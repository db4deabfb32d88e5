/** What the programs of a node are told. */
export interface NodeSettings {
  /** The node's address, and the first three parts of its pods' (a network of 24 bits). */
  readonly address: string;
  readonly podNetwork: string;
  /** The pods' bridge in the node's network. */
  readonly bridge: string;
  /** Control group of everything that runs on the node. */
  readonly group: string;
  /** Private folder of the node. */
  readonly folder: string;
  readonly pauseImage: string;
  readonly programs: { readonly runc: string; readonly plugins: string };
  /** What the registry demands that is called like Amazon ECR. */
  readonly login: { readonly username: string; readonly password: string };
}

/**
 * containerd 1.6's configuration (its documentation, "CRI Plugin Config Guide"). It keeps to its usual folders, which are the node's
 * own, and trusts what SSL_CERT_FILE names.
 */
export function formatContainerdConfig({ folder, pauseImage, programs }: NodeSettings): string {
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  const text = JSON.stringify;
  return `version = 2
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.internal.v1.tracing", "io.containerd.tracing.processor.v1.otlp"]
[${cri}]
restrict_oom_score_adj = true
disable_apparmor = true
sandbox_image = ${text(pauseImage)}
[${cri}.cni]
bin_dir = ${text(programs.plugins)}
conf_dir = ${text(`${folder}/cni`)}
[${cri}.containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[${cri}.containerd.runtimes.runc.options]
BinaryName = ${text(programs.runc)}
SystemdCgroup = false
`;
}

/** A network of pods behind a bridge (containernetworking, plugins "bridge" and "host-local"); no packet leaves it by a gateway. */
export function formatPodNetwork({ bridge, podNetwork }: NodeSettings): string {
  const ranges = [[{ subnet: `${podNetwork}.0/24` }]];
  const ipam = { type: 'host-local', dataDir: '/run/cni', ranges, routes: [{ dst: '0.0.0.0/0' }] };
  return JSON.stringify({ cniVersion: '0.4.0', name: 'pods', plugins: [{ type: 'bridge', bridge, isGateway: true, ipam }] });
}

/** KubeletConfiguration, v1beta1. Containers that end are started again soon, lest a crash loop take minutes. Whoever reaches the kubelet may use it: none but the sandbox does. */
export function formatKubeletConfig({ address, group }: NodeSettings): string {
  return JSON.stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address,
    readOnlyPort: 0,
    healthzPort: 0,
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${group}`,
    failCgroupV1: false,
    failSwapOn: false,
    oomScoreAdj: 0,
    resolvConf: '',
    evictionHard: { 'nodefs.available': '0%', 'imagefs.available': '0%', 'nodefs.inodesFree': '0%' },
    imageGCHighThresholdPercent: 100,
    makeIPTablesUtilChains: false,
    serializeImagePulls: false,
    featureGates: { KubeletCrashLoopBackOffMax: true },
    crashLoopBackOff: { maxContainerRestartPeriod: '3s' },
  });
}

/** Name of the program that stands where EKS nodes have AWS's of the same name. */
export const credentialProvider = 'ecr-credential-provider';

/** CredentialProviderConfig, v1: the program is asked about Amazon ECR's registries alone, as on EKS. */
export function formatCredentialConfig(): string {
  const provider = {
    name: credentialProvider,
    apiVersion: 'credentialprovider.kubelet.k8s.io/v1',
    matchImages: ['*.dkr.ecr.*.amazonaws.com'],
    defaultCacheDuration: '12h',
  };
  return JSON.stringify({ apiVersion: 'kubelet.config.k8s.io/v1', kind: 'CredentialProviderConfig', providers: [provider] });
}

/** The program itself: it gives the password that the emulated token carries, without asking for one. */
export function formatCredentialProvider({ login }: NodeSettings): string {
  const answer = {
    apiVersion: 'credentialprovider.kubelet.k8s.io/v1',
    kind: 'CredentialProviderResponse',
    cacheKeyType: 'Registry',
    cacheDuration: '12h',
    auth: { '*.dkr.ecr.*.amazonaws.com': login },
  };
  return `#!/bin/sh\ncat > /dev/null\nprintf %s '${JSON.stringify(answer)}'\n`;
}
