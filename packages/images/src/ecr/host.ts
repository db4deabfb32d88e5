/** The parts of a private Amazon ECR registry's host name. */
export interface EcrHost {
  readonly account: string;
  readonly region: string;
  readonly fips: boolean;
  readonly dualStack: boolean;
}

const forms: readonly { readonly form: RegExp; readonly dualStack: boolean }[] = [
  { form: /^(\d{12})\.dkr\.ecr(-fips)?\.([a-z]{2,4}(?:-[a-z]+)+-\d)\.amazonaws\.(?:com|com\.cn|eu)$/, dualStack: false },
  { form: /^(\d{12})\.dkr-ecr(-fips)?\.([a-z]{2,4}(?:-[a-z]+)+-\d)\.on\.(?:aws|amazonwebservices\.com\.cn)$/, dualStack: true },
];

/**
 * Reads a registry host as a private ECR registry; undefined for any other, also one that only begins or ends like it, so that a token
 * of AWS is never shown to a stranger. Host names: Amazon ECR User Guide, "Registry endpoints" and "Making requests over IPv6".
 */
export function parseEcrHost(registry: string): EcrHost | undefined {
  for (const { form, dualStack } of forms) {
    const [, account, fips, region] = form.exec(registry) ?? [];
    if (account !== undefined && region !== undefined) return { account, region, fips: fips !== undefined, dualStack };
  }
  return undefined;
}

/** The name of a repository in IAM policies. Partitions: AWS General Reference, "Amazon Resource Names". */
export function repositoryArn({ account, region }: EcrHost, path: string): string {
  return `arn:${partitionOf(region)}:ecr:${region}:${account}:repository/${path}`;
}

function partitionOf(region: string): string {
  const [, special] = /^(cn|us-gov|eusc)-/.exec(region) ?? [];
  return special === undefined ? 'aws' : `aws-${special}`;
}
