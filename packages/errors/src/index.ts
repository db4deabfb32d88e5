export { ActionError, exitCodeOf, type Failure, factLines, formatError, toActionError } from './action-error.ts';
export { type AwsCall, type AwsFault, awsErrorName, explainAwsFailure, readAwsFault } from './aws-failure.ts';
export { type Ending, type ErrorCode, errorCodes, exitCodes } from './codes.ts';
