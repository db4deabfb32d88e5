import type { OpenProtocol, WireAnswer } from './protocol.ts';
import { findShape, type ServiceModel } from './service-model.ts';

type Shapes = Pick<ServiceModel, 'shapes'>;
type Pairs = readonly (readonly [path: string, text: string])[];

/** "AWS query protocol" (smithy.io): a form with the operation in `Action`, XML for answers; lists are `member`s, maps `entry`s. */
export const queryProtocol: OpenProtocol = model => {
  const { apiVersion, xmlNamespace = '' } = model.metadata;
  return {
    decode: ({ headers, body }) => {
      if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
        throw new Error(`Content-Type is ${headers['content-type']}`);
      }
      const { Action: operation = '', Version: version, ...rest } = Object.fromEntries(new URLSearchParams(body));
      if (version !== apiVersion) throw new Error(`Version is ${version}`);
      const shape = model.operations[operation]?.input?.shape;
      return { operation, input: shape === undefined ? rest : readForm(Object.entries(rest), { model, shape }) };
    },
    encode: ({ operation, output, requestId }) => {
      const { shape, resultWrapper = `${operation}Result` } = model.operations[operation]?.output ?? {};
      const result = shape === undefined ? '' : element(resultWrapper, writeXml(output, { model, shape }));
      const metadata = element('ResponseMetadata', element('RequestId', requestId));
      return answer(200, { name: `${operation}Response`, content: result + metadata, xmlNamespace, requestId });
    },
    encodeError: ({ code, message, status, requestId }) => {
      const type = status < 500 ? 'Sender' : 'Receiver';
      const error = element('Error', element('Type', type) + element('Code', code) + element('Message', escapeXml(message)));
      const content = error + element('RequestId', requestId);
      return answer(status, { name: 'ErrorResponse', content, xmlNamespace, requestId });
    },
  };
};

interface Document {
  readonly name: string;
  readonly content: string;
  readonly xmlNamespace: string;
  readonly requestId: string;
}

function answer(status: number, { name, content, xmlNamespace, requestId }: Document): WireAnswer {
  const headers = { 'content-type': 'text/xml', 'x-amzn-requestid': requestId };
  return { status, headers, body: `<${name} xmlns="${xmlNamespace}">${content}</${name}>` };
}

/** A value from the pairs of a form, whose names are paths: `Tags.member.1.Key`. */
function readForm(pairs: Pairs, { model, shape }: { model: Shapes; shape: string }): unknown {
  const found = findShape(model, shape);
  const text = pairs.find(([path]) => path === '')?.[1] ?? pairs[0]?.[1] ?? '';
  switch (found.type) {
    case 'structure':
      return Object.fromEntries(
        [...group(pairs)].map(([name, rest]) => {
          const member = found.members[name];
          return [name, member === undefined ? rest : readForm(rest, { model, shape: member.shape })];
        }),
      );
    case 'list':
      return ordered(pairs, 'member').map(rest => readForm(rest, { model, shape: found.member.shape }));
    case 'map':
      return Object.fromEntries(
        ordered(pairs, 'entry').map(rest => {
          const parts = group(rest);
          const value = readForm(parts.get('value') ?? [], { model, shape: found.value.shape });
          return [String(readForm(parts.get('key') ?? [], { model, shape: found.key.shape })), value];
        }),
      );
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'timestamp':
      return new Date(text);
    case 'blob':
      return Buffer.from(text, 'base64');
    case 'string':
      return text;
    default:
      return text.trim() === '' ? text : Number(text);
  }
}

/** Pairs by the first part of their paths, which is taken off. */
function group(pairs: Pairs): Map<string, Pairs> {
  const groups = Map.groupBy(pairs, ([path]) => path.split('.', 1)[0] ?? '');
  return new Map([...groups].map(([name, some]) => [name, some.map(([path, text]) => [path.slice(name.length + 1), text])]));
}

function ordered(pairs: Pairs, wrapper: 'member' | 'entry'): readonly Pairs[] {
  const numbered = [...group(group(pairs).get(wrapper) ?? [])];
  return numbered.sort(([a], [b]) => Number(a) - Number(b)).map(([, rest]) => rest);
}

/** The content of an element; the value has been checked against its shape. */
function writeXml(value: unknown, { model, shape }: { model: Shapes; shape: string }): string {
  const found = findShape(model, shape);
  const inner = (name: string, one: unknown, of: string) => element(name, writeXml(one, { model, shape: of }));
  if (found.type === 'list')
    return list(value)
      .map(one => inner('member', one, found.member.shape))
      .join('');
  if (found.type === 'map') {
    return entries(value)
      .map(([key, one]) => element('entry', inner('key', key, found.key.shape) + inner('value', one, found.value.shape)))
      .join('');
  }
  if (found.type === 'structure') {
    return entries(value)
      .map(([name, one]) => inner(name, one, found.members[name]?.shape ?? ''))
      .join('');
  }
  if (value instanceof Date) return value.toISOString();
  return escapeXml(value instanceof Uint8Array ? Buffer.from(value).toString('base64') : String(value));
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function entries(value: unknown): readonly [string, unknown][] {
  return Object.entries(value ?? {}).filter(([, one]) => one !== undefined);
}

function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"\r]/g, sign => `&#${sign.charCodeAt(0)};`);
}
