import { runOnRunner } from '@eks-gitops/action/runner';
import { bumpFluxImage } from './action.ts';

await runOnRunner(bumpFluxImage);
