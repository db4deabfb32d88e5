import { runOnRunner } from '@eks-gitops/action/runner';
import { waitIngress } from './action.ts';

await runOnRunner(waitIngress);
