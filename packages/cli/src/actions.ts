import { type Action, actionIn } from '@eks-gitops/action';

type Load = () => Promise<Readonly<Record<string, unknown>>>;

/** Every action of the command, loaded only when it is run or listed. */
const modules: Readonly<Record<string, Load>> = {
  'build-arch-image': () => import('@eks-gitops/build-arch-image'),
  'push-manifest-index': () => import('@eks-gitops/push-manifest-index'),
  'bump-flux-image': () => import('@eks-gitops/bump-flux-image'),
  'setup-flux-image': () => import('@eks-gitops/setup-flux-image'),
  'flux-reconcile': () => import('@eks-gitops/flux-reconcile'),
  'wait-deployment': () => import('@eks-gitops/wait-deployment'),
  'wait-ingress': () => import('@eks-gitops/wait-ingress'),
  'provision-pipeline': () => import('@eks-gitops/provision-pipeline'),
  'wait-pipeline': () => import('@eks-gitops/wait-pipeline'),
};

/** In the order of the chain. */
export const actionNames: readonly string[] = Object.keys(modules);

/** The action of that name; nothing when there is none. */
export async function loadAction(name: string): Promise<Action | undefined> {
  const load = Object.hasOwn(modules, name) ? modules[name] : undefined;
  return load === undefined ? undefined : actionIn(await load());
}
