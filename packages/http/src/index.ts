export { type Dispatchers, openDispatchers } from './dispatchers.ts';
export { describeFault, faultCodes, isBroken, mayPass } from './faults.ts';
export { isLoopback, type ProxySettings, proxyFor, proxySettings } from './proxy.ts';
export { readBytes } from './read-body.ts';
export { delayAfter, parseRetryAfter, pause, TransientFailure, withRetries } from './retry.ts';
export { tryJson } from './try-json.ts';
