import type { Ajv, ValidateFunction } from 'ajv';
import { z } from 'zod';
import { readPublished } from './published.ts';

/** One request as the description sees it; `body` is undefined when none was sent. */
export interface DescribedRequest {
  readonly query: URLSearchParams;
  readonly body: unknown;
}

/** An operation of GitHub's REST API, by its published description. */
export interface Operation {
  /** What of a request is not as described; nothing that the description does not name may be sent. */
  readonly requestFaults: (request: DescribedRequest) => readonly string[];
  readonly answerFaults: (status: number, body: unknown) => readonly string[];
  /** The description's own example of an answer, to be laid over with what is really so. */
  readonly example: (status: number) => unknown;
}

export type Describe = (method: string, template: string) => Operation;

const parameter = z.object({ name: z.string(), in: z.string(), required: z.boolean().optional() });
const content = z.object({
  'application/json': z.object({ schema: z.unknown(), examples: z.record(z.string(), z.unknown()).optional() }).optional(),
});
const operation = z.object({
  parameters: z.array(z.unknown()).optional(),
  requestBody: z.object({ required: z.boolean().optional(), content }).optional(),
  responses: z.record(z.string(), z.unknown()),
});
const response = z.object({ content: content.optional() });
const exampleValue = z.object({ value: z.unknown() });
const reference = z.object({ $ref: z.string() });

/** Answers that GitHub gives to any request without describing them for each. */
const undescribed = [401, 403, 404, 429, 500, 502, 503, 504];

/** Loads GitHub's OpenAPI description (`@octokit/openapi`, api.github.com). An operation is compiled when it is first used. */
export async function loadDescription(): Promise<Describe> {
  const { Ajv } = await import('ajv');
  const document: unknown = JSON.parse(await readPublished('@octokit/openapi', 'generated/api.github.com.json'));
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  const operations = new Map<string, Operation>();
  return (method, template) => {
    const name = `${method} ${template}`;
    const described = operations.get(name) ?? compileOperation({ document, ajv }, { method, template });
    operations.set(name, described);
    return described;
  };
}

function compileOperation(
  { document, ajv }: { document: unknown; ajv: Ajv },
  { method, template }: { method: string; template: string },
): Operation {
  const described = operation.parse(at(document, ['paths', template, method.toLowerCase()]));
  const queries = (described.parameters ?? [])
    .map(one => parameter.parse(resolve(document, one)))
    .filter(one => one.in === 'query')
    .map(one => one.name);
  const requestSchema = described.requestBody?.content['application/json']?.schema;
  const validBody = requestSchema === undefined ? undefined : ajv.compile(closed(bundle(document, requestSchema)));
  const answers = new Map<number, ValidateFunction | undefined>();
  const answerContent = (status: number) => {
    const found = described.responses[status];
    return found === undefined ? undefined : response.parse(resolve(document, found)).content?.['application/json'];
  };
  const validAnswer = (status: number): ValidateFunction | undefined => {
    const schema = answerContent(status)?.schema;
    if (!answers.has(status)) answers.set(status, schema === undefined ? undefined : ajv.compile(bundle(document, schema)));
    return answers.get(status);
  };

  return {
    requestFaults: ({ query, body }) => [
      ...[...query.keys()].filter(name => !queries.includes(name)).map(name => `query ${name} is not described`),
      ...(body === undefined && described.requestBody?.required ? ['a body is required'] : []),
      ...(body === undefined ? [] : validBody === undefined ? ['no body is described'] : faultsOf(validBody, body)),
    ],
    answerFaults: (status, body) => {
      if (!(status in described.responses)) return undescribed.includes(status) ? [] : [`status ${status} is not described`];
      const valid = validAnswer(status);
      return valid === undefined ? [] : faultsOf(valid, body);
    },
    example: status => {
      const [first] = Object.values(answerContent(status)?.examples ?? {});
      return exampleValue.parse(resolve(document, first)).value;
    },
  };
}

function faultsOf(valid: ValidateFunction, value: unknown): string[] {
  if (valid(value)) return [];
  return (valid.errors ?? []).map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);
}

function closed(schema: Record<string, unknown>): Record<string, unknown> {
  return 'properties' in schema ? { additionalProperties: false, ...schema } : schema;
}

/** A schema with all that it refers to, in JSON Schema's terms: OpenAPI 3.0's `nullable` is not one of them. */
function bundle(document: unknown, schema: unknown): Record<string, unknown> {
  const definitions: Record<string, unknown> = {};
  const convert = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(convert);
    if (typeof value !== 'object' || value === null) return value;
    const referred = reference.safeParse(value).data?.$ref;
    if (referred !== undefined) {
      const name = referred.split('/').at(-1) ?? '';
      if (!(name in definitions)) {
        definitions[name] = {};
        definitions[name] = convert(resolve(document, value));
      }
      return { $ref: `#/$defs/${name}` };
    }
    const { nullable, example, examples, ...rest } = Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, convert(inner)]),
    );
    return nullable === true ? { anyOf: [{ type: 'null' }, rest] } : rest;
  };
  const converted = z.record(z.string(), z.unknown()).parse(convert(schema));
  return { ...converted, $defs: definitions };
}

function resolve(document: unknown, value: unknown): unknown {
  const referred = reference.safeParse(value).data?.$ref;
  if (referred === undefined) return value;
  return at(
    document,
    referred
      .slice(2)
      .split('/')
      .map(part => part.replaceAll('~1', '/')),
  );
}

function at(document: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => {
    if (typeof value === 'object' && value !== null && key in value) return Reflect.get(value, key);
    throw new Error(`GitHub's description has no ${path.join(' → ')}`);
  }, document);
}
