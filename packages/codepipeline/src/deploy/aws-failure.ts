import { ActionError, type Failure } from '@eks-gitops/errors';

/** A call of CloudFormation, for what failures say. */
export interface AwsCall {
  /** For example `describe the stack shop`. */
  readonly purpose: string;
  /** The IAM action that allows it. */
  readonly right: string;
}

/** Turns what the AWS SDK throws into the missing right, the credentials, the region or the unreachable endpoint. */
export function explainAwsFailure(thrown: unknown, call: AwsCall): ActionError {
  if (thrown instanceof ActionError) return thrown;
  const name = thrown instanceof Error ? thrown.name : '';
  const words = thrown instanceof Error ? thrown.message : String(thrown);
  const found = name === '' || name === 'Error' || words.startsWith(name) ? words : `${name}: ${words}`;
  return new ActionError({ ...explain({ name, words, call }), found, cause: thrown });
}

function explain({ name, words, call: { purpose, right } }: { name: string; words: string; call: AwsCall }): Failure {
  if (words === 'Region is missing') {
    return {
      code: 'INPUT_MISSING',
      message: 'The region is not known.',
      expected: 'the input region, AWS_REGION, or a profile with a region',
    };
  }
  if (/^(?:Credentials|Token)ProviderError$/.test(name)) {
    return {
      code: 'AWS_CREDENTIALS_MISSING',
      message: `There are no AWS credentials to ${purpose} with.`,
      remedy:
        'On GitHub give the job "permissions: id-token: write" and run aws-actions/configure-aws-credentials before this step; elsewhere set the AWS_… variables or give the machine a role.',
    };
  }
  if (/AccessDenied|UnauthorizedOperation/.test(name)) {
    const action = /perform: (\S+:\w+)/.exec(words)?.[1] ?? right;
    const resource = /on resource: (\S+)/.exec(words)?.[1] ?? '*';
    return {
      code: 'AWS_DENIED',
      message: `AWS did not allow it: could not ${purpose}.`,
      likely: `the identity of this step may not call ${action}`,
      remedy: `Add to its policy: {"Effect": "Allow", "Action": "${action}", "Resource": "${resource}"}`,
    };
  }
  if (/ExpiredToken|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch/.test(name)) {
    return {
      code: 'AWS_DENIED',
      message: `AWS did not accept the credentials: could not ${purpose}.`,
      likely: 'the AWS credentials have expired or are not valid',
      remedy:
        'Get fresh credentials (configure-aws-credentials, or sign in again) and run the step again: it goes on where the stack is.',
    };
  }
  if (name === 'ValidationError') {
    return { code: 'CHANGES_INVALID', message: `CloudFormation refused the request: could not ${purpose}.` };
  }
  return {
    code: 'AWS_UNREACHABLE',
    message: `AWS gave no answer: could not ${purpose}.`,
    likely: 'the endpoint cannot be reached from here, the region does not exist, or AWS is failing',
    remedy: 'Check network, proxy and region, and run the step again: it goes on where the stack is.',
  };
}
