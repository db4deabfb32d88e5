import type { WireError } from './protocol.ts';
import { findShape, type ServiceModel } from './service-model.ts';

/**
 * Errors that every operation can give, with their status ("Common Error Types" in the API references of CodePipeline, CodeBuild,
 * CloudWatch Logs and CloudFormation; `Throttling` is what the query protocol's services say).
 */
const commonErrors: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  AccessDeniedException: 400,
  ExpiredToken: 403,
  ExpiredTokenException: 400,
  IncompleteSignature: 400,
  InternalFailure: 500,
  InvalidClientTokenId: 403,
  OptInRequired: 403,
  RequestExpired: 400,
  ServiceUnavailable: 503,
  Throttling: 400,
  ThrottlingException: 400,
  UnrecognizedClientException: 400,
  ValidationError: 400,
};

/** An error as the service would send it; undefined for one that the operation does not declare and that is not common to all. */
export function wireError(
  model: ServiceModel,
  { operation, code, message }: { operation: string; code: string; message: string },
): WireError | undefined {
  const declared = model.operations[operation]?.errors.find(({ shape }) => shape === code);
  const shape = declared && findShape(model, declared.shape);
  if (shape?.type === 'structure') {
    return { code: shape.error?.code ?? code, message, status: shape.error?.httpStatusCode ?? 400 };
  }
  const status = commonErrors[code];
  return status === undefined ? undefined : { code, message, status };
}
