import { z } from 'zod';
import type { TemplateDocument, TemplateResource } from './template-document.ts';
import { formatTemplateValue } from './template-value.ts';

/** One thing that a resource lets somebody do, in one sentence but for the call: so that rights are compared call by call. */
interface Grant {
  /** `ecr:PutImage`; empty for what is no statement. */
  readonly call: string;
  /** All else: `Allow … on arn:…`, with `…` for the call. */
  readonly frame: string;
}

/** What a change does to the rights that one resource gives. */
export interface PermissionChange {
  readonly resource: string;
  readonly type: string;
  /** Sentences, the calls of a like kind together. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

const statement = z.looseObject({
  Effect: z.string(),
  Action: z.unknown().optional(),
  NotAction: z.unknown().optional(),
  Resource: z.unknown().optional(),
  NotResource: z.unknown().optional(),
  Principal: z.unknown().optional(),
  Condition: z.unknown().optional(),
});
const condition = z.record(z.string(), z.record(z.string(), z.unknown()));
const policy = z.looseObject({ Statement: z.union([z.array(statement), statement.transform(one => [one])]) });

/** Types that give rights by their very existence, whatever their properties. */
const givesRights = /^AWS::IAM::|^AWS::EKS::AccessEntry$/;
/** Of those, properties that say who it is and not what it may. */
const neutral = new Set(['Description', 'Tags', 'RoleName', 'Path', 'PolicyName', 'Policies']);

/** The rights that differ between two templates, resource by resource. */
export function permissionChanges(before: TemplateDocument, after: TemplateDocument): readonly PermissionChange[] {
  const names = [...new Set([...Object.keys(before.Resources), ...Object.keys(after.Resources)])];
  return names.flatMap(name => {
    const [was, is] = [before.Resources[name], after.Resources[name]];
    const [old, now] = [grantsOf(was), grantsOf(is)];
    const added = sentences(without(now, old));
    const removed = sentences(without(old, now));
    const type = is?.Type ?? was?.Type ?? '';
    return added.length + removed.length === 0 ? [] : [{ resource: name, type, added, removed }];
  });
}

/** Lines for people: the resource, then `+` and `-`. */
export function permissionLines(changes: readonly PermissionChange[]): readonly string[] {
  return changes.flatMap(({ resource, type, added, removed }) => [
    `${type} ${resource}`,
    ...added.map(sentence => `  + ${sentence}`),
    ...removed.map(sentence => `  - ${sentence}`),
  ]);
}

function grantsOf(resource: TemplateResource | undefined): readonly Grant[] {
  if (resource === undefined) return [];
  const { Type, Properties } = resource;
  const own = givesRights.test(Type)
    ? Object.entries(Properties).filter(([name, value]) => !neutral.has(name) && !isPolicy(value))
    : [];
  return [
    ...own.map(([name, value]) => ({ call: '', frame: `${name}: ${formatTemplateValue(value)}` })),
    ...grantsIn(Properties),
  ];
}

/** Every policy document, wherever in the properties it stands. */
function grantsIn(value: unknown): readonly Grant[] {
  const found = policy.safeParse(value).data;
  if (found !== undefined) return found.Statement.flatMap(grantsOfStatement);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(grantsIn) : [];
}

function isPolicy(value: unknown): boolean {
  return policy.safeParse(value).success;
}

function grantsOfStatement({
  Effect,
  Action,
  NotAction,
  Resource,
  NotResource,
  Principal,
  Condition,
}: z.infer<typeof statement>): Grant[] {
  const frame = [
    Effect,
    NotAction === undefined ? '…' : `all but ${formatTemplateValue(NotAction)}`,
    Principal === undefined ? '' : `to ${formatPrincipal(Principal)}`,
    Resource === undefined ? '' : `on ${formatTemplateValue(Resource)}`,
    NotResource === undefined ? '' : `on all but ${formatTemplateValue(NotResource)}`,
    Condition === undefined ? '' : `if ${formatCondition(Condition)}`,
  ];
  const calls = NotAction === undefined ? [Action].flat().map(formatTemplateValue) : [''];
  return calls.map(call => ({ call, frame: frame.filter(part => part !== '').join(' ') }));
}

/** `Bool aws:SecureTransport false and …`; what has another form stays JSON. */
function formatCondition(given: unknown): string {
  const tests = condition.safeParse(given).data;
  if (tests === undefined) return formatTemplateValue(given);
  const parts = Object.entries(tests).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, value]) => `${operator} ${key} ${formatTemplateValue(value)}`),
  );
  return parts.join(' and ');
}

function formatPrincipal(principal: unknown): string {
  if (typeof principal !== 'object' || principal === null) return formatTemplateValue(principal);
  return Object.values(principal).map(formatTemplateValue).join(', ');
}

function without(grants: readonly Grant[], others: readonly Grant[]): readonly Grant[] {
  return grants.filter(one => !others.some(other => other.call === one.call && other.frame === one.frame));
}

function sentences(grants: readonly Grant[]): readonly string[] {
  const byFrame = Map.groupBy(grants, ({ frame }) => frame);
  return [...byFrame].map(([frame, some]) => frame.replace('…', [...new Set(some.map(({ call }) => call))].sort().join(', ')));
}
