export { type EnsuredRepository, type EnsureRequest, ensureRepository } from './ensure-repository.ts';
export { movingTagForm, type RepositorySettings } from './repository-settings.ts';
