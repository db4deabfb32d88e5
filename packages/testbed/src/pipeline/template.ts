import { z } from 'zod';
import { type ResourceNames, resourceNames } from './resource-names.ts';

const resource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  Condition: z.string().optional(),
});

const document = z.object({
  Parameters: z.record(z.string(), z.object({ Default: z.union([z.string(), z.number()]).optional() })).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Resources: z.record(z.string(), resource),
});

/** Where a stack is deployed to, and with what. */
export interface StackPlace {
  readonly account: string;
  readonly region: string;
  readonly stack: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

export interface Resource {
  readonly id: string;
  /** Undefined for the types whose ARN is not known here. */
  readonly arn: string | undefined;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A template as CloudFormation would see it when it makes the resources. */
export interface Stack {
  /** Resources of a type whose condition holds, with every intrinsic function resolved. */
  readonly resources: (type: string) => readonly Resource[];
}

type Document = z.infer<typeof document>;

/**
 * Resolves what a template's intrinsic functions stand for ("Intrinsic function reference", AWS CloudFormation User Guide). Throws on a
 * function, or an attribute of a resource, that it does not know: nothing is guessed.
 */
export function readStack(template: unknown, place: StackPlace): Stack {
  const parsed = document.parse(template);
  const resolver = new Map(Object.entries(intrinsics({ parsed, place })));
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve).filter(item => item !== noValue);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [name = '', argument] = entries[0] ?? [];
    const known = entries.length === 1 ? resolver.get(name) : undefined;
    if (known !== undefined) return known(argument, resolve);
    if (name.startsWith('Fn::')) throw new Error(`This does not know the intrinsic function ${name}.`);
    return Object.fromEntries(entries.map(([key, item]) => [key, resolve(item)]).filter(([, item]) => item !== noValue));
  };
  const properties = z.record(z.string(), z.unknown());
  return {
    resources: type =>
      Object.entries(parsed.Resources)
        .filter(([, { Type, Condition }]) => Type === type && (Condition === undefined || resolve({ Condition }) === true))
        .map(([id, { Type, Properties }]) => ({
          id,
          arn: namesOf(id, { parsed, place, resolve })['Arn'],
          type: Type,
          properties: properties.parse(resolve(Properties)),
        })),
  };
}

const noValue = Symbol('AWS::NoValue');

type Intrinsic = (argument: unknown, resolve: (value: unknown) => unknown) => unknown;

function intrinsics({ parsed, place }: { parsed: Document; place: StackPlace }): Readonly<Record<string, Intrinsic>> {
  const pair = z.tuple([z.unknown(), z.unknown()]);
  const ref = (name: string): unknown => referTo(name, { parsed, place });
  const attribute = (id: string, name: string, resolve: (value: unknown) => unknown): unknown => {
    const names = namesOf(id, { parsed, place, resolve });
    const found = names[name];
    if (found === undefined) throw new Error(`This does not know the attribute ${name} of ${id}.`);
    return found;
  };
  return {
    Ref: (name, resolve) => {
      const text = z.string().parse(name);
      return text in parsed.Resources ? namesOf(text, { parsed, place, resolve }).ref : ref(text);
    },
    'Fn::GetAtt': (argument, resolve) => {
      const [id, name] = typeof argument === 'string' ? argument.split('.') : z.array(z.string()).parse(argument);
      return attribute(id ?? '', name ?? '', resolve);
    },
    'Fn::Sub': (argument, resolve) => {
      const [text, own] = typeof argument === 'string' ? [argument, {}] : pair.parse(argument);
      const given = z.record(z.string(), z.unknown()).parse(own);
      return z
        .string()
        .parse(text)
        .replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
          if (literal !== '') return `\${${name}}`;
          if (name in given) return String(resolve(given[name]));
          return String(resolve(name.includes('.') ? { 'Fn::GetAtt': name } : { Ref: name }));
        });
    },
    'Fn::Join': (argument, resolve) => {
      const [separator, parts] = pair.parse(argument);
      return z.array(z.unknown()).parse(resolve(parts)).join(z.string().parse(separator));
    },
    'Fn::Select': (argument, resolve) => {
      const [index, list] = pair.parse(argument);
      return z.array(z.unknown()).parse(resolve(list))[Number(resolve(index))];
    },
    'Fn::Split': (argument, resolve) => {
      const [separator, text] = pair.parse(argument);
      return String(resolve(text)).split(z.string().parse(separator));
    },
    'Fn::If': (argument, resolve) => {
      const [condition, yes, no] = z.tuple([z.string(), z.unknown(), z.unknown()]).parse(argument);
      return resolve(resolve({ Condition: condition }) === true ? yes : no);
    },
    Condition: (name, resolve) => resolve(parsed.Conditions[z.string().parse(name)]),
    'Fn::Equals': (argument, resolve) => {
      const [left, right] = pair.parse(argument);
      return String(resolve(left)) === String(resolve(right));
    },
    'Fn::Not': (argument, resolve) => z.array(z.unknown()).parse(argument).map(resolve)[0] !== true,
    'Fn::And': (argument, resolve) =>
      z
        .array(z.unknown())
        .parse(argument)
        .every(one => resolve(one) === true),
    'Fn::Or': (argument, resolve) =>
      z
        .array(z.unknown())
        .parse(argument)
        .some(one => resolve(one) === true),
  };
}

function referTo(name: string, { parsed, place }: { parsed: Document; place: StackPlace }): unknown {
  const pseudo: Readonly<Record<string, unknown>> = {
    'AWS::AccountId': place.account,
    'AWS::Region': place.region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': place.stack,
    'AWS::StackId': `arn:aws:cloudformation:${place.region}:${place.account}:stack/${place.stack}/00000000-0000-4000-8000-000000000000`,
    'AWS::NoValue': noValue,
  };
  const parameter = parsed.Parameters[name];
  const found = pseudo[name] ?? place.parameters?.[name] ?? parameter?.Default;
  if (found === undefined) throw new Error(`Nothing is given for ${name}.`);
  return found;
}

interface Naming {
  readonly parsed: Document;
  readonly place: StackPlace;
  readonly resolve: (value: unknown) => unknown;
}

function namesOf(id: string, { parsed, place, resolve }: Naming): ResourceNames {
  const made = parsed.Resources[id];
  if (made === undefined) throw new Error(`The template has no resource ${id}.`);
  return resourceNames({ type: made.Type, id, place, property: name => resolve(made.Properties[name]) });
}
