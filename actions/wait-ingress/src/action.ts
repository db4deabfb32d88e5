import { defineAction } from '@eks-gitops/action';
import { inputs } from './inputs.ts';

export const waitIngress = defineAction({
  name: 'wait-ingress',
  description:
    'Waits until the load balancer of an Ingress answers with the expected status and page, several times in a row, and says which stage is late.',
  inputs,
  outputs: {
    hostname: 'The host name or address that the Ingress was given; without an Ingress that of the URL.',
    url: 'What has answered.',
    seconds: 'How long each stage took from the one before it, as STAGE=SECONDS, one a line.',
    record: 'The release record with the URL, for the next step. Empty without a record.',
  },
  run: async (values, context) => (await import('./wait.ts')).wait(values, context),
});
