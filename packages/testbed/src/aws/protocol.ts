import type { IncomingHttpHeaders } from 'node:http';
import type { ServiceModel } from './service-model.ts';

/** A request as it came over the wire. */
export interface WireRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An error as a service sends it. */
export interface WireError {
  /** As the protocol names it: the shape for JSON, the shape's own `code` for query. */
  readonly code: string;
  readonly message: string;
  readonly status: number;
}

/** How a service's requests and answers look on the wire. */
export interface Protocol {
  readonly decode: (request: WireRequest) => { readonly operation: string; readonly input: unknown };
  readonly encode: (answer: { operation: string; output: unknown; requestId: string }) => WireAnswer;
  readonly encodeError: (error: WireError & { requestId: string }) => WireAnswer;
}

export type OpenProtocol = (model: ServiceModel) => Protocol;
