export { type Buildkit, type BuildkitOptions, type RegistryAccess, startBuildkit } from './buildkit.ts';
export { type Authority, createAuthority, type KeyPair } from './certificates.ts';
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
export { type PushedImage, pushSyntheticImage, type SyntheticImage } from './synthetic-image.ts';
export type { TokenServerOptions } from './token-server.ts';
export { type FoundTool, findTool, requireTool } from './toolchain/find.ts';
export type { ToolName } from './toolchain/table.ts';
