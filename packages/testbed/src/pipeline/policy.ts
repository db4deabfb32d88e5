import { z } from 'zod';
import type { Stack } from './template.ts';

const texts = z.union([z.string().transform(text => [text]), z.array(z.string())]);

const statement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.literal('Allow'),
  Action: texts,
  Resource: texts,
  Condition: z.unknown().optional(),
});

const role = z.object({
  Policies: z.array(z.object({ PolicyDocument: z.object({ Statement: z.array(statement) }) })).default([]),
  ManagedPolicyArns: z.never().optional(),
});

/** A call of an AWS API, and the ARN of what it is made on; `*` where the API knows no resource. */
export interface AwsCall {
  readonly action: string;
  readonly resource: string;
}

export interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** What a role of a stack allows. Throws on managed policies and on a Deny, which it does not weigh. */
export function roleStatements(stack: Stack, roleArn: string): readonly Statement[] {
  const found = stack.resources('AWS::IAM::Role').find(({ arn }) => arn === roleArn);
  if (found === undefined) throw new Error(`The stack has no role ${roleArn}.`);
  const { Policies } = role.parse(found.properties);
  return Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement).map(({ Action, Resource }) => ({
    actions: Action,
    resources: Resource,
  }));
}

/** Whether one of the statements names the call and its resource, by wildcards too ("IAM JSON policy elements: Resource"). */
export function statementsAllow(statements: readonly Statement[], { action, resource }: AwsCall): boolean {
  return statements.some(
    ({ actions, resources }) => actions.some(one => fits(action, one)) && resources.some(one => fits(resource, one)),
  );
}

function fits(text: string, pattern: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(text);
}
