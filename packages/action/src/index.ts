export { type Action, defineAction, type InputTable, type OutputsOf, type OutputTable } from './action.ts';
export type { ActionContext, Log, PrivateFolder, UndoCommand } from './context.ts';
export { type CiFacts, readCiFacts } from './facts.ts';
export type { Input, InputForm, InputOptions, ValuesOf } from './input.ts';
export * as input from './input.ts';
export { formatRecord, mergeRecords, parseRecord, parseRecords, type ReleaseRecord } from './record.ts';
export { registryInputs } from './registry-inputs.ts';
