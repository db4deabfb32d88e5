import { findShape, type ServiceModel, type Shape } from './service-model.ts';

export interface ShapeCheck {
  readonly model: Pick<ServiceModel, 'shapes'>;
  /** Name of the shape that the value is to have. */
  readonly shape: string;
  readonly value: unknown;
}

type Limits = { readonly min?: number | undefined; readonly max?: number | undefined };

/** What of a value is not as its shape says, each with its path; timestamps are dates, blobs are bytes. */
export function shapeFaults({ model, shape, value }: ShapeCheck, path = shape): readonly string[] {
  const found = findShape(model, shape);
  const inner = (name: string, member: unknown, at: string) => shapeFaults({ model, shape: name, value: member }, at);
  switch (found.type) {
    case 'structure':
      return isRecord(value) ? structureFaults(found, { value, path, inner }) : [`${path} is not a structure`];
    case 'list':
      if (!Array.isArray(value)) return [`${path} is not a list`];
      return [
        ...limitFaults(found, value.length, path),
        ...value.flatMap((one, index) => inner(found.member.shape, one, `${path}[${index}]`)),
      ];
    case 'map':
      if (!isRecord(value)) return [`${path} is not a map`];
      return [
        ...limitFaults(found, Object.keys(value).length, path),
        ...Object.entries(value).flatMap(([key, one]) => [
          ...inner(found.key.shape, key, `${path} key ${key}`),
          ...inner(found.value.shape, one, `${path}.${key}`),
        ]),
      ];
    case 'string':
      return typeof value === 'string' ? stringFaults(found, value, path) : [`${path} is not a string`];
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${path} is not a boolean`];
    case 'timestamp':
      return value instanceof Date && !Number.isNaN(value.getTime()) ? [] : [`${path} is not a date`];
    case 'blob':
      return value instanceof Uint8Array ? [] : [`${path} is not bytes`];
    case 'integer':
    case 'long':
      return Number.isInteger(value) ? limitFaults(found, Number(value), path) : [`${path} is not a whole number`];
    default:
      return typeof value === 'number' ? limitFaults(found, value, path) : [`${path} is not a number`];
  }
}

interface StructureCheck {
  readonly value: Readonly<Record<string, unknown>>;
  readonly path: string;
  readonly inner: (shape: string, value: unknown, path: string) => readonly string[];
}

function structureFaults(
  { members, required, union }: Extract<Shape, { type: 'structure' }>,
  { value, path, inner }: StructureCheck,
): readonly string[] {
  const given = Object.entries(value).filter(([, one]) => one !== undefined);
  const names = given.map(([name]) => name);
  return [
    ...required.filter(name => !names.includes(name)).map(name => `${path}.${name} is missing`),
    ...(union && given.length !== 1 ? [`${path} has ${given.length} members, not one`] : []),
    ...given.flatMap(([name, one]) => {
      const member = members[name];
      return member === undefined ? [`${path}.${name} is not known`] : inner(member.shape, one, `${path}.${name}`);
    }),
  ];
}

function stringFaults(shape: Extract<Shape, { type: 'string' }>, value: string, path: string): readonly string[] {
  const { enum: words, pattern } = shape;
  return [
    ...limitFaults(shape, value.length, path),
    ...(words === undefined || words.includes(value) ? [] : [`${path} is ${value}, which is none of ${words.join(', ')}`]),
    ...(pattern === undefined || new RegExp(`^(?:${pattern})$`, 's').test(value) ? [] : [`${path} is not ${pattern}: ${value}`]),
  ];
}

function limitFaults({ min, max }: Limits, size: number, path: string): readonly string[] {
  return [
    ...(min !== undefined && size < min ? [`${path} is under ${min}: ${size}`] : []),
    ...(max !== undefined && size > max ? [`${path} is over ${max}: ${size}`] : []),
  ];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
