import { runOnRunner } from '@eks-gitops/action/runner';
import { provisionPipeline } from './action.ts';

await runOnRunner(provisionPipeline);
