import { CfnRole, type CfnRoleProps } from 'aws-cdk-lib/aws-iam';
import { Aws } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Right } from './right.ts';

/**
 * Who assumes a role, and how it is held to one resource. CodeBuild ("Cross-service confused deputy prevention") and EventBridge ("Using IAM
 * policy conditions") say that they name the resource; CodePipeline's user guide does not, and a condition on what is not told would keep it out.
 */
const conditions = {
  'codebuild.amazonaws.com': ['StringEquals', 'ArnEquals'],
  'events.amazonaws.com': ['StringEquals', 'ArnEquals'],
  'codepipeline.amazonaws.com': ['StringEqualsIfExists', 'ArnEqualsIfExists'],
} as const;

export interface ServiceRole {
  readonly id: string;
  readonly service: keyof typeof conditions;
  /** The one resource on whose behalf the service may assume it, against confused deputies. */
  readonly sourceArn: string;
  readonly description: string;
  readonly rights: readonly Right[];
  readonly boundary: string | undefined;
}

export function addServiceRole(
  scope: Construct,
  { id, service, sourceArn, description, rights, boundary }: ServiceRole,
): CfnRole {
  const [sameText, sameArn] = conditions[service];
  return new CfnRole(scope, id, {
    description,
    assumeRolePolicyDocument: policy([
      {
        Effect: 'Allow',
        Principal: { Service: service },
        Action: 'sts:AssumeRole',
        Condition: { [sameText]: { 'aws:SourceAccount': Aws.ACCOUNT_ID }, [sameArn]: { 'aws:SourceArn': sourceArn } },
      },
    ]),
    ...rightsOf(rights, boundary),
  });
}

/** Rights are part of the role itself, so that what uses it is never made before them. */
export function rightsOf(
  rights: readonly Right[],
  boundary: string | undefined,
): Pick<CfnRoleProps, 'policies' | 'permissionsBoundary'> {
  return {
    policies: [{ policyName: 'rights', policyDocument: policy(rights.map(statement)) }],
    ...(boundary === undefined ? {} : { permissionsBoundary: boundary }),
  };
}

export function policy(statements: readonly object[]): object {
  return { Version: '2012-10-17', Statement: statements };
}

function statement({ sid, actions, resources, conditions }: Right): object {
  return {
    Sid: sid,
    Effect: 'Allow',
    Action: single(actions),
    Resource: single(resources),
    ...(conditions === undefined ? {} : { Condition: conditions }),
  };
}

/** As AWS shows it, and a shorter template. */
function single(list: readonly string[]): string | readonly string[] {
  const [first, ...more] = list;
  return first === undefined || more.length > 0 ? list : first;
}
