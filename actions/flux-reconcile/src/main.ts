import { runOnRunner } from '@eks-gitops/action/runner';
import { fluxReconcile } from './action.ts';

await runOnRunner(fluxReconcile);
