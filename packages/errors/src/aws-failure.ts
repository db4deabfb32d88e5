import { ActionError, type Failure } from './action-error.ts';
import type { ErrorCode } from './codes.ts';

export interface AwsCall {
  /** For example `read the state of the pipeline shop in us-west-2`. */
  readonly purpose: string;
  /** The IAM action that allows it: `codepipeline:GetPipelineState`. */
  readonly right: string;
  readonly resource: string;
  /** Default: AWS_DENIED, AWS_THROTTLED, AWS_UNREACHABLE. */
  readonly codes?: AwsFailureCodes;
}

export interface AwsFailureCodes {
  readonly denied: ErrorCode;
  readonly throttled: ErrorCode;
  readonly unreachable: ErrorCode;
}

const ownCodes: AwsFailureCodes = { denied: 'AWS_DENIED', throttled: 'AWS_THROTTLED', unreachable: 'AWS_UNREACHABLE' };

/** What the AWS SDK threw, as far as it matters whose service it came from. */
export interface AwsFault {
  /** The name of the error that AWS sent, such as `PipelineNotFoundException`; empty for anything else. */
  readonly name: string;
  readonly words: string;
  /** Name and words, as they are shown. */
  readonly found: string;
  readonly kind: 'denied' | 'stale-credentials' | 'throttled' | 'other';
}

/** Reads what the AWS SDK throws. */
export function readAwsFault(thrown: unknown): AwsFault {
  const { name, words } = wordsOf(thrown);
  const found = name === '' || name === 'Error' || words.startsWith(name) ? words : `${name}: ${words}`;
  return { name, words, found, kind: kindOf(name) };
}

/** Turns what the AWS SDK throws into a missing right, credentials that are not valid, too many requests or no answer, with AWS's own words. */
export function explainAwsFailure(thrown: unknown, call: AwsCall): ActionError {
  if (thrown instanceof ActionError) return thrown;
  const fault = readAwsFault(thrown);
  return new ActionError({ ...explain(fault, call), found: fault.found, cause: thrown });
}

/** The name of the error that AWS sent, such as `PipelineNotFoundException`; empty for anything else. */
export function awsErrorName(thrown: unknown): string {
  return wordsOf(thrown).name;
}

function wordsOf(thrown: unknown): Pick<AwsFault, 'name' | 'words'> {
  if (typeof thrown !== 'object' || thrown === null) return { name: '', words: String(thrown) };
  const message = 'message' in thrown ? String(thrown.message) : '';
  return { name: 'name' in thrown ? String(thrown.name) : '', words: message };
}

function kindOf(name: string): AwsFault['kind'] {
  if (/AccessDenied|UnauthorizedOperation|NotAuthorized/.test(name)) return 'denied';
  if (/ExpiredToken|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch/.test(name)) {
    return 'stale-credentials';
  }
  return /Throttl|TooManyRequests|RequestLimitExceeded/.test(name) ? 'throttled' : 'other';
}

function explain({ kind, words }: AwsFault, { purpose, right, resource, codes = ownCodes }: AwsCall): Failure {
  if (kind === 'denied') {
    const action = /perform: (\S+:\w+)/.exec(words)?.[1] ?? right;
    const target = /on resource: (\S+)/.exec(words)?.[1] ?? resource;
    return {
      code: codes.denied,
      message: `AWS did not allow it: could not ${purpose}.`,
      likely: `the identity of this step may not call ${action}, or the role does not trust it`,
      remedy: `Add to its policy: {"Effect": "Allow", "Action": "${action}", "Resource": "${target}"}`,
    };
  }
  if (kind === 'stale-credentials') {
    return {
      code: codes.denied,
      message: `AWS did not accept the credentials: could not ${purpose}.`,
      likely: 'the AWS credentials have expired or are not valid',
      remedy: 'Get fresh credentials (configure-aws-credentials, or sign in again) and run the step again.',
    };
  }
  if (kind === 'throttled') {
    return {
      code: codes.throttled,
      message: `AWS limits the rate of requests: could not ${purpose}.`,
      likely: 'other programs ask the same API of this account and region',
      remedy: 'Run the step again later.',
    };
  }
  return {
    code: codes.unreachable,
    message: `AWS gave no answer: could not ${purpose}.`,
    likely: 'the endpoint cannot be reached from here, the region does not exist, or AWS is failing',
    remedy: 'Check network, proxy and region, and run the step again.',
  };
}
