import { type AwsFault, type ErrorCode, readAwsFault } from '@eks-gitops/errors';
import { explainDenial, parseDenial } from './denial.ts';

export interface EcrCall {
  readonly region: string;
  /** The IAM action that allows the call, and on what, where AWS does not say. */
  readonly right: string;
  readonly resource: string;
}

export interface Explanation {
  readonly code: ErrorCode;
  readonly found: string;
  readonly likely: string;
  readonly remedy: string;
}

/** Explains what the AWS SDK throws: a missing right, missing or stale credentials, throttling, or an endpoint that cannot be reached. */
export function explainAwsError(thrown: unknown, call: EcrCall): Explanation {
  const fault = readAwsFault(thrown);
  return { found: fault.found, ...explain(fault, call) };
}

function explain({ name, words, kind }: AwsFault, { region, right, resource }: EcrCall): Omit<Explanation, 'found'> {
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError') return noCredentials;
  if (kind === 'denied') {
    const said = parseDenial(words) ?? { principal: '', action: right, resource, missing: 'identity' as const };
    return { code: 'AWS_DENIED', ...explainDenial({ ...said, resource: said.resource ?? resource }) };
  }
  if (kind === 'stale-credentials') return stale;
  if (kind === 'throttled') return throttled;
  if (/InvalidParameter|Validation|KmsException/.test(name)) return refused;
  if (name === 'LimitExceededException') return full;
  return {
    code: 'AWS_UNREACHABLE',
    likely: `the endpoint of AWS in ${region} cannot be reached from here, or AWS is failing`,
    remedy: 'Check network, proxy and region, and run the step again.',
  };
}

const noCredentials: Omit<Explanation, 'found'> = {
  code: 'AWS_CREDENTIALS_MISSING',
  likely: 'there are no AWS credentials in this job',
  remedy:
    'On GitHub give the job "permissions: id-token: write" and run aws-actions/configure-aws-credentials with role-to-assume before this step; elsewhere set the AWS_… variables or give the machine a role. With another login use the inputs username and password, or login: none.',
};

const stale: Omit<Explanation, 'found'> = {
  code: 'AWS_DENIED',
  likely: 'the AWS credentials have expired or are not valid',
  remedy: 'Get fresh credentials (configure-aws-credentials, or sign in again) and run the step again.',
};

const refused: Omit<Explanation, 'found'> = {
  code: 'INPUT_INVALID',
  likely: 'a name or a setting is not one that Amazon ECR takes',
  remedy: 'Correct the input that AWS names (image, moving-tags, kms-key).',
};

const full: Omit<Explanation, 'found'> = {
  code: 'AWS_DENIED',
  likely: 'the account holds as many repositories in this region as its quota allows',
  remedy: 'Delete some, or have the quota raised (Service Quotas, Amazon ECR).',
};

const throttled: Omit<Explanation, 'found'> = {
  code: 'AWS_THROTTLED',
  likely: 'other builds and pulls ask Amazon ECR of this account and region too',
  remedy: 'Run the step again later, or have the quota of the call raised (Service Quotas, Amazon ECR).',
};
