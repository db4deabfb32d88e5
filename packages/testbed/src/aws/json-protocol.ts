import { z } from 'zod';
import type { OpenProtocol, WireAnswer } from './protocol.ts';
import { findShape, type ServiceModel } from './service-model.ts';

const record = z.record(z.string(), z.unknown());
const contentType = 'application/x-amz-json-1.1';

/** "AWS JSON 1.1 protocol" (smithy.io): the operation in `X-Amz-Target`, seconds since 1970 for timestamps, base64 for blobs. */
export const jsonProtocol: OpenProtocol = model => ({
  decode: ({ headers, body }) => {
    const [prefix, operation = ''] = String(headers['x-amz-target']).split('.');
    if (prefix !== model.metadata.targetPrefix) throw new Error(`X-Amz-Target is ${headers['x-amz-target']}`);
    if (headers['content-type'] !== contentType) throw new Error(`Content-Type is ${headers['content-type']}`);
    const shape = model.operations[operation]?.input?.shape;
    const parsed: unknown = JSON.parse(body || '{}');
    return { operation, input: shape === undefined ? parsed : convert(parsed, { model, shape, to: 'value' }) };
  },
  encode: ({ operation, output, requestId }) => {
    const shape = model.operations[operation]?.output?.shape;
    return answer(200, shape === undefined ? {} : convert(output, { model, shape, to: 'wire' }), requestId);
  },
  encodeError: ({ code, message, status, requestId }) => answer(status, { __type: code, message }, requestId),
});

function answer(status: number, body: unknown, requestId: string): WireAnswer {
  const headers = { 'content-type': contentType, 'x-amzn-requestid': requestId };
  return { status, headers, body: JSON.stringify(body) };
}

interface Conversion {
  readonly model: Pick<ServiceModel, 'shapes'>;
  readonly shape: string;
  readonly to: 'value' | 'wire';
}

/** Dates and bytes to what JSON has for them, and back; what does not fit its shape stays as it is, for the check that follows. */
function convert(value: unknown, { model, shape, to }: Conversion): unknown {
  const found = findShape(model, shape);
  const inner = (one: unknown, name: string) => convert(one, { model, shape: name, to });
  switch (found.type) {
    case 'timestamp':
      if (to === 'wire') return value instanceof Date ? value.getTime() / 1000 : value;
      return typeof value === 'number' ? new Date(value * 1000) : value;
    case 'blob':
      if (to === 'wire') return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
      return typeof value === 'string' ? Buffer.from(value, 'base64') : value;
    case 'list':
      return Array.isArray(value) ? value.map(one => inner(one, found.member.shape)) : value;
    case 'map': {
      const entries = record.safeParse(value).data;
      return entries === undefined ? value : mapEntries(entries, (_, one) => inner(one, found.value.shape));
    }
    case 'structure': {
      const entries = record.safeParse(value).data;
      const named = (name: string, one: unknown) => {
        const member = found.members[name];
        return member === undefined ? one : inner(one, member.shape);
      };
      return entries === undefined ? value : mapEntries(entries, named);
    }
    default:
      return value;
  }
}

function mapEntries(entries: Record<string, unknown>, map: (key: string, value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(entries).flatMap(([key, value]) => (value === undefined ? [] : [[key, map(key, value)]])),
  );
}
