import { clusterInputs, input, parseRecords, registryInputs, type ValuesOf } from '@eks-gitops/action';
import { parseImage } from './image.ts';
import { parseToleration } from './toleration.ts';
import { parseGiven } from './workloads.ts';

/** What is waited for. */
const subject = {
  workload: input.items(
    {
      description: 'The workloads, as NAME (a Deployment) or KIND/NAME. All of them must run the image.',
      example: 'ui',
    },
    { allowed: 'NAME, deployment/NAME, statefulset/NAME or daemonset/NAME, separated by commas or lines', parse: parseGiven },
  ),
  selector: input.text({
    description:
      'Instead of names: labels of the workloads. All Deployments, StatefulSets and DaemonSets that have them at the start are waited for.',
    example: 'app.kubernetes.io/part-of=shop',
  }),
  namespace: input.text({ description: 'Where the workloads are.', default: 'default' }),
  image: input.text(
    {
      description:
        'The image that the pods must run, as REPOSITORY:TAG, REPOSITORY@DIGEST or both. Default: the index of the record; without either, only the rollout is waited for, whatever it rolls out.',
      example: '123456789012.dkr.ecr.us-west-2.amazonaws.com/shop/ui:i20261123171720-ac8730e8',
    },
    { allowed: 'REPOSITORY:TAG, REPOSITORY@sha256:DIGEST or REPOSITORY:TAG@sha256:DIGEST', parse: parseImage },
  ),
  record: input.text(
    { description: 'The release record, with the index that push-manifest-index has published.', tellsBlank: true },
    { allowed: 'the record output of an earlier step', parse: parseRecords },
  ),
  container: input.text({
    description:
      'The container that must run the image, also when it is pulled from another repository. Default: every container with an image of its repository.',
  }),
};

const limits = {
  timeout: input.duration({ description: 'How long to wait at most.', default: '10m' }),
  tolerate: input.items(
    {
      description:
        'What may last longer than usual, as NAME (until the timeout) or NAME=DURATION: missing and image-unused (60s otherwise), image-pull (60s), configuration (10s), crash (no time after the third restart), pod-creation (60s), progress-deadline and paused (no time).',
      example: 'image-pull=5m',
    },
    { allowed: 'the name of a fault, with =DURATION or without', parse: parseToleration },
  ),
};

const registry = {
  'token-hosts': input.items({ description: 'Hosts that the registry may send for its tokens, when they are not its own.' }),
  ...registryInputs,
};

export const inputs = { ...subject, ...limits, ...clusterInputs, ...registry };
export type WaitInputs = ValuesOf<typeof inputs>;
