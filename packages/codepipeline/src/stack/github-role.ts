import { CfnOIDCProvider, CfnRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { addAccessEntry } from './cluster-access.ts';
import type { GitHubRole } from './options.ts';
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
          StringLike: { [`${issuer}:sub`]: subjectsOf(githubRole) },
        },
      },
    ]),
    ...rightsOf(workflowRights(grounds), options.permissionsBoundaryArn),
  });
  addAccessEntry(scope, { id: 'GitHubAccess', roleArn: role.attrArn, options });
  return role.attrArn;
}

/**
 * The subjects as GitHub writes them in its tokens: with the ids of owner and repository for repositories made, renamed or moved after
 * 2026-07-15, and for those that chose so (https://docs.github.com/en/actions/reference/security/oidc, "Immutable subject claims"). A name
 * without ids stands for both forms: no name of an owner or a repository has an @, so that no other repository can be meant.
 */
function subjectsOf({ repository, subjects }: GitHubRole): readonly string[] {
  const forms = repository.includes('@')
    ? [repository]
    : [
        repository,
        repository
          .split('/')
          .map(name => `${name}@*`)
          .join('/'),
      ];
  return forms.flatMap(form => subjects.map(subject => `repo:${form}:${subject}`));
}
