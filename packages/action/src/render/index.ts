export { actionYml } from './action-yml.ts';
export { replaceSection } from './sections.ts';
export { actionsTable, errorsTable, inputsTable, outputsTable } from './tables.ts';
