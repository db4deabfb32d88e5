export { type Action, defineAction, type InputTable, type OutputsOf, type OutputTable } from './action.ts';
export { type ClusterInputs, clusterInputs, clusterTarget } from './cluster-inputs.ts';
export type { ActionContext, Log, PrivateFolder, UndoCommand } from './context.ts';
export { type FactValues, factInputs, overlayFacts, type Run, resolveRun } from './fact-inputs.ts';
export { type CiFacts, readCiFacts } from './facts.ts';
export { actionIn } from './find-action.ts';
export type { Input, InputForm, InputOptions, ValuesOf } from './input.ts';
export * as input from './input.ts';
export { nearestName } from './nearest.ts';
export { type GivenInputs, type InputSpelling, readInputs } from './read-inputs.ts';
export { formatRecord, mergeRecords, parseRecord, parseRecords, type ReleaseRecord } from './record.ts';
export { givenUser, registryInputs } from './registry-inputs.ts';
export {
  type RepositoryInputs,
  repositoryInputs,
} from './repository-inputs.ts';
export { type RepositoryRequest, repositoryRequest } from './repository-request.ts';
export type { Outputs } from './run-action.ts';
