export {
  type AwsOptions,
  type AwsScript,
  type ScriptedAnswer,
  type ScriptedAws,
  type ScriptedCall,
  startAws,
} from './aws/start-aws.ts';
export { type Buildkit, type BuildkitOptions, type RegistryAccess, startBuildkit } from './buildkit.ts';
export { type BusyboxImage, type BusyboxImageOptions, pageCommand, pushBusyboxImage } from './busybox-image.ts';
export { type BusyboxLayoutOptions, type ImageLayout, makeBusyboxLayout } from './busybox-layout.ts';
export { type Authority, createAuthority, type KeyPair } from './certificates.ts';
export type { KubernetesApi, ObjectKind, ObjectName } from './cluster/api.ts';
export { type ControlPlane, type ControlPlaneOptions, startControlPlane } from './cluster/control-plane.ts';
export { type FluxComponent, fluxComponents } from './cluster/flux-controller.ts';
export { type ImageAutomation, startImageAutomation } from './cluster/image-automation.ts';
export { runImageSetters, type SetterPolicy, type SettersAnswer } from './cluster/image-setters.ts';
export { type Cluster, type ClusterOptions, startCluster } from './cluster/start-cluster.ts';
export { type Flux, type FluxOptions, startFlux } from './cluster/start-flux.ts';
export { type CommandWorld, type FinishedCommand, makeCommandWorld, type RunningCommand } from './command.ts';
export { type ExportOptions, exportImage } from './container/export-image.ts';
export { exposedPorts, type RunConfig, runConfig } from './container/runtime-spec.ts';
export { type Container, type ContainerOptions, startContainer } from './container/start-container.ts';
export { type Docker, startDocker } from './docker.ts';
export type { AccessEntry } from './eks/authenticator.ts';
export { type Eks, type EksOptions, startEks } from './eks/start-eks.ts';
export { withFolder } from './folder.ts';
export {
  type BareRepository,
  createBareRepository,
  type RepositoryFiles,
  type RepositoryOptions,
  readFiles,
} from './git/bare-repository.ts';
export { type CodeCommit, startCodeCommit } from './git/codecommit.ts';
export {
  type GitFault,
  type GitRequest,
  type GitServer,
  type GitServerOptions,
  type Login,
  type ServedGitRequest,
  startGitServer,
} from './git/git-server.ts';
export { type SshServer, startSshServer } from './git/ssh-server.ts';
export {
  type GitHubFault,
  type GitHubOptions,
  type GitHubRequest,
  type LocalGitHub,
  loadPublishedApi,
  type PublishedApi,
  secondaryLimit,
  startGitHub,
} from './github/start-github.ts';
export type {
  AppOptions,
  Permissions,
  PullRequest,
  RepositoryOptions as GitHubRepositoryOptions,
  TokenOptions,
} from './github/world.ts';
export { type LoadBalancer, type LoadBalancerOptions, startLoadBalancer } from './load-balancer/start-load-balancer.ts';
export { type MachineState, readMachine } from './machine.ts';
export { type Moto, type MotoOptions, startMoto } from './moto.ts';
export {
  type Answer,
  type IncomingRequest,
  type RecordedRequest,
  type RecordingProxy,
  type RequestHook,
  requestDepth,
  startProxy,
} from './proxy.ts';
export { type Registry, type RegistryOptions, startRegistry } from './registry.ts';
export { awsAccount, awsHosts, nameServer } from './sandbox/aws-hosts.ts';
export { currentSandbox, inSandbox, type Sandbox } from './sandbox/current.ts';
export { type Dns, startDns } from './sandbox/dns.ts';
export { type Ecr, startEcr } from './sandbox/ecr.ts';
export { enterSandbox, type SandboxOptions } from './sandbox/enter.ts';
export { type PushedImage, pushSyntheticImage, type SyntheticImage } from './synthetic-image.ts';
export type { TokenServerOptions } from './token-server.ts';
export { type EnsureOptions, ensureTools } from './toolchain/ensure.ts';
export { type FoundTool, findTool, requireTool } from './toolchain/find.ts';
export { type ToolName, toolNames } from './toolchain/table.ts';
