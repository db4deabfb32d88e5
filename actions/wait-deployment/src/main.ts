import { runOnRunner } from '@eks-gitops/action/runner';
import { waitDeployment } from './action.ts';

await runOnRunner(waitDeployment);
