import type { ResourceName, ResourceSelection } from '../cluster.ts';

/** `the Deployment ui in the namespace shop`. */
export function nameObject({ kind, name, namespace }: ResourceName): string {
  return `the ${kind} ${name}${namespace === undefined ? '' : ` in the namespace ${namespace}`}`;
}

/** `the Pods in the namespace shop (app=ui)`; the one object's name where only one is meant. */
export function nameSelection({ kind, name, namespace, labelSelector, fieldSelector }: ResourceSelection): string {
  const filter = [labelSelector, fieldSelector].filter(text => text).join(', ');
  const what = name === undefined ? `objects of kind ${kind}` : `the ${kind} ${name}`;
  const where = namespace === undefined ? '' : ` in the namespace ${namespace}`;
  return `${what}${where}${filter === '' ? '' : ` (${filter})`}`;
}
