export { type EnsureRequest, ensureRepository } from './ensure-repository.ts';
export type { RepositorySettings } from './repository-settings.ts';
