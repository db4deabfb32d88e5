import { CfnOIDCProvider, CfnRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { addAccessEntry } from './cluster-access.ts';
import type { Grounds } from './right.ts';
import { workflowRights } from './rights.ts';
import { policy, rightsOf } from './roles.ts';

const issuer = 'token.actions.githubusercontent.com';

/** The role that workflows of one GitHub repository assume, from the branches, environments or tags that are named. Gives its ARN. */
export function addGitHubRole(scope: Construct, grounds: Grounds): string | undefined {
  const { options } = grounds;
  const { githubRole } = options;
  if (githubRole === undefined) return undefined;
  const provider =
    githubRole.providerArn ??
    new CfnOIDCProvider(scope, 'GitHubProvider', { url: `https://${issuer}`, clientIdList: ['sts.amazonaws.com'] }).attrArn;
  const role = new CfnRole(scope, 'GitHubRole', {
    description: `Builds and publishes images of ${githubRole.repository}`,
    assumeRolePolicyDocument: policy([
      {
        Effect: 'Allow',
        Principal: { Federated: provider },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: { [`${issuer}:aud`]: 'sts.amazonaws.com' },
          StringLike: { [`${issuer}:sub`]: githubRole.subjects.map(subject => `repo:${githubRole.repository}:${subject}`) },
        },
      },
    ]),
    ...rightsOf(workflowRights(grounds), options.permissionsBoundaryArn),
  });
  addAccessEntry(scope, { id: 'GitHubAccess', roleArn: role.attrArn, options });
  return role.attrArn;
}
