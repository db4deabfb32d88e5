import { runOnRunner } from '@eks-gitops/action/runner';
import { waitPipeline } from './action.ts';

await runOnRunner(waitPipeline);
