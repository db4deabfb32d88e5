import { defineAction } from '@eks-gitops/action';
import { inputs } from './inputs.ts';

export const waitPipeline = defineAction({
  name: 'wait-pipeline',
  description:
    'Follows the execution of a commit in AWS CodePipeline, starts it when asked to, and gives the image that it has published.',
  inputs,
  outputs: {
    'execution-id': 'The execution that was followed; when the first was superseded, the one that was followed instead.',
    status: 'How it ended: Succeeded, or Superseded with on-superseded: succeed.',
    superseded: 'Whether the execution that was meant was superseded.',
    commit: 'The commit of the execution. Empty where its source has none.',
    url: 'Where the execution is seen in the AWS console.',
    digest: 'The digest of the index that it has published. Empty where no action tells one.',
    tag: 'The tag of that index.',
    image: 'The index with repository, tag and digest. Empty where the repository is not known.',
    record: 'The release record with the index, for the next step. Empty where the registry could not be asked for it.',
  },
  run: async (values, context) => (await import('./wait.ts')).wait(values, context),
});
