import { isNativeError } from 'node:util/types';

const broken = [
  ...['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'],
  ...['ETIMEDOUT', 'ESOCKETTIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'],
];
const unreachable = [
  ...['ECONNREFUSED', 'ECONNABORTED', 'UND_ERR_PRX_CONN', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN', 'ENOTFOUND'],
];

/** Whether a connection was reset or timed out: a server that is there, and may do better at the next try. */
export function isBroken(thrown: unknown): boolean {
  return faultCodes(thrown).some(code => broken.includes(code));
}

/** Whether a fault of the network may pass by itself, when the server is known to exist; a certificate that is not trusted does not. */
export function mayPass(thrown: unknown): boolean {
  return isBroken(thrown) || faultCodes(thrown).some(code => unreachable.includes(code));
}

/** What a fault of the network says of itself, with the faults in it (one for each address that was tried). */
export function describeFault(thrown: unknown): string {
  if (!isNativeError(thrown)) return String(thrown);
  return [errorCode(thrown), thrown.message, ...innerErrors(thrown).map(describeFault)].filter(text => text !== '').join(' ');
}

/** The code of a fault and those of the faults in it. */
export function faultCodes(thrown: unknown): readonly string[] {
  return isNativeError(thrown) ? [errorCode(thrown), ...innerErrors(thrown).flatMap(faultCodes)] : [];
}

function errorCode(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function innerErrors(error: Error): unknown[] {
  return [
    ...('errors' in error && Array.isArray(error.errors) ? error.errors : []),
    ...(error.cause === undefined ? [] : [error.cause]),
  ];
}
