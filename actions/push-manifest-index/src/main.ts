import { runOnRunner } from '@eks-gitops/action/runner';
import { pushManifestIndex } from './action.ts';

await runOnRunner(pushManifestIndex);
