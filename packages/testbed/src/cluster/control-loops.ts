import { createFolder, removeFolder } from '../folder.ts';
import { startProcess } from '../process.ts';
import { type RestartableProcess, startRestartable } from '../restartable.ts';
import { requireTool } from '../toolchain/find.ts';
import type { ControlPlane } from './control-plane.ts';

/** The programs that act on a control plane's objects. */
export interface ControlLoops {
  readonly controllerManager: Pick<RestartableProcess, 'kill' | 'start'>;
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } };
/** They serve nothing themselves. */
const alone = ['--leader-elect=false', '--secure-port=0'];

/** Starts kube-controller-manager and kube-scheduler, and waits until pods can be made and assigned. */
export async function startControlLoops({ controlPlane }: { controlPlane: ControlPlane }): Promise<ControlLoops> {
  const { api, certificateFile, kubeconfigOf } = controlPlane;
  const [manager, scheduler] = await Promise.all([requireTool('kube-controller-manager'), requireTool('kube-scheduler')]);
  const folder = await createFolder('loops');
  const [controllerManager, scheduling] = await Promise.all([
    startRestartable({
      name: 'kube-controller-manager',
      command: manager,
      args: [
        ...[...alone, '--use-service-account-credentials', `--kubeconfig=${kubeconfigOf('controller-manager')}`],
        ...[`--root-ca-file=${certificateFile}`, '--horizontal-pod-autoscaler-sync-period=1s'],
      ],
      folder,
      ready: () =>
        api.get(account).then(
          () => 'accounts',
          () => undefined,
        ),
      within: 120,
    }),
    startProcess({
      name: 'kube-scheduler',
      command: scheduler,
      args: [...alone, `--kubeconfig=${kubeconfigOf('scheduler')}`],
      folder,
      ready: log => /Starting Kubernetes Scheduler/.exec(log)?.[0],
      within: 120,
    }),
  ]);
  const loops = [controllerManager, scheduling];
  const stop = async (): Promise<void> => {
    await Promise.all(loops.map(loop => loop.stop()));
    await removeFolder(folder);
  };
  return { controllerManager, log: () => loops.map(loop => loop.log()).join(''), stop };
}
