export { type EcrHost, parseEcrHost } from '../ecr/host.ts';
export { makePrivateConfig, type PrivateConfig, type PrivateConfigEnvironment } from './private-config.ts';
export { type LoginMode, type LoginOptions, openLogin } from './provider.ts';
