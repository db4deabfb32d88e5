import { runOnRunner } from '@eks-gitops/action/runner';
import { buildArchImage } from './action.ts';

await runOnRunner(buildArchImage);
