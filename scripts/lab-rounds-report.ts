import type { Proof } from './lab-proof.ts';
import { describeProof, simulated } from './lab-report.ts';
import type { Round } from './lab-rounds.ts';

export interface RoundsResult {
  readonly rounds: readonly [Round, Round];
  /** Of the last release. */
  readonly proofs: readonly Proof[];
  readonly automation: 'flux' | 'action';
  readonly seconds: number;
}

/** The end of the whole lab's output: the chain of each round with its times, and what was simulated. */
export function formatRounds({ rounds, proofs, automation, seconds }: RoundsResult): string {
  const [{ released }] = rounds;
  return [
    '',
    `Proved in ${seconds.toFixed(1)} s, with ${automation === 'flux' ? "Flux's image automation" : 'bump-flux-image'} committing`,
    ...rounds.flatMap(formatRound),
    ...proofs.map(proof => `  the same image, pulled and run outside the cluster: ${describeProof(proof)}`),
    'Simulated',
    ...simulated(released.image),
    '  Amazon EKS: moto’s API, before a cluster that takes EKS tokens alone; its user has the rights of workflows-examples/gitops',
    '  the AWS Load Balancer Controller and its load balancer: a stand-in that gives the Ingress a name and passes on to the pods',
  ].join('\n');
}

function formatRound({ brand, released, commit, pods, url, links }: Round): string[] {
  return [
    `  "${brand}"`,
    `    ${released.index.image}`,
    `    GitOps commit ${commit}, applied; pods ${pods.split('\n').join(', ')}; ${url} shows the title`,
    `    ${links.map(({ name, seconds }) => `${name} ${seconds.toFixed(1)} s`).join(' · ')}`,
  ];
}
