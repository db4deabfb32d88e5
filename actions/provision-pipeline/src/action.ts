import { defineAction } from '@eks-gitops/action';
import { inputs } from './inputs.ts';

export const provisionPipeline = defineAction({
  name: 'provision-pipeline',
  description:
    'Makes, updates or deletes the AWS CodePipeline variant of the chain: shows what changes first, rights above all, loses no data, and gives the first cause of a failure.',
  inputs,
  outputs: {
    status: 'created, updated, unchanged, deleted, absent or planned.',
    changes: 'What changes, or would change, one resource a line.',
    'stack-id': 'The ARN of the stack.',
    'repository-uri': 'The image repository, as images are named by it.',
    pipeline: 'The name of the pipeline.',
    'pipeline-url': 'Where the pipeline is seen in the AWS console.',
    'role-arns': 'The roles by their names in the stack, as NAME=ARN, one a line.',
    'github-role-arn': 'The role that the GitHub workflow assumes. Empty without github-repository.',
    'clone-url': 'Where the source is cloned from by HTTPS, with CodeCommit.',
    template: 'The template, with template-only.',
  },
  document: 'template',
  run: async (values, context) => (await import('./provision.ts')).provision(values, context),
});
