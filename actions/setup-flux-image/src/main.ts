import { runOnRunner } from '@eks-gitops/action/runner';
import { setupFluxImage } from './action.ts';

await runOnRunner(setupFluxImage);
