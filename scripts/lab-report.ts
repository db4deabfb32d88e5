import type { Deployed } from './lab-gitops.ts';
import type { LabPlan } from './lab-plan.ts';
import type { Proof, Published } from './lab-proof.ts';
import type { Release } from './lab-release.ts';

export interface LabResult {
  readonly plan: LabPlan;
  readonly released: Release;
  readonly published: Published;
  readonly proofs: readonly Proof[];
  readonly deployed: Deployed;
  readonly seconds: number;
}

/** The end of the lab's output: what was proved, and what was simulated. */
export function formatLabReport({ plan, released, published, proofs, deployed, seconds }: LabResult): string {
  const { index, builds, image } = released;
  return [
    '',
    `Proved in ${seconds.toFixed(1)} s`,
    ...builds.map(
      build => `  ${build.platform} was built and pushed as ${build.digest} (${build.seconds.toFixed(1)} s, side by side)`,
    ),
    `  ${index.image}`,
    `  is an index of exactly these, read back from ${image} by ${index.tags.join(' and ')}; its digest is that of what was read`,
    ...proofs.map(
      proof => `  ${published.image.split('/').at(-1)}@${shorten(proof.digest)} was pulled, run, and ${describeProof(proof)}`,
    ),
    `  ${deployed.url} was set up in ${deployed.setup.slice(0, 8)}, bumped in ${deployed.bump.slice(0, 8)}, and bumped again without a commit:`,
    ...deployed.shown.map(line => `    ${line}`),
    'Simulated',
    ...simulated(image),
    plan.app === 'shop' ? '  busybox:1.36, the base image: Debian’s static busybox' : '  base images: what --build-context named',
  ].join('\n');
}

/** What stands in for the real thing in every lab. */
export function simulated(image: string): readonly string[] {
  return [
    `  Amazon ECR: ${image.split('/')[0]} leads to Debian's docker-registry, which demands the`,
    '  password of the token that moto gives in the place of ECR’s API; both by TLS of a private authority',
    '  the git server: git’s own http-backend, behind a small server that demands a token',
    '  arm64: QEMU runs its programs on this amd64 machine',
  ];
}

export function describeProof({ platform, url, status, machine }: Proof): string {
  const told =
    machine === undefined
      ? `${url} answered ${status} (its page does not tell its machine)`
      : `its page says: served by ${machine}`;
  return `${told} (${platform})`;
}

function shorten(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}
