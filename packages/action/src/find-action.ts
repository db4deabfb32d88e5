import type { Action } from './action.ts';

/** The one action that a module exports; nothing when it exports none. */
export function actionIn(module: Readonly<Record<string, unknown>>): Action | undefined {
  return Object.values(module).find(isAction);
}

function isAction(value: unknown): value is Action {
  if (typeof value !== 'object' || value === null) return false;
  return 'name' in value && 'inputs' in value && 'outputs' in value && 'run' in value && typeof value.run === 'function';
}
