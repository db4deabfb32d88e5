/** What AWS says when it does not allow a call, also over the registry protocol. */
export interface Denial {
  /** Empty when AWS does not say. */
  readonly principal: string;
  readonly action: string;
  readonly resource: string | undefined;
  /** Where the right is missing, as far as AWS says; `repository`: in the policy of another account's repository. */
  readonly missing: 'identity' | 'repository' | 'denied';
}

const form = /(?:User: (\S+) is )?not authorized to perform: ([a-z0-9-]+:\w+)(?: on resource: (\S+))?([^\n]*)/;

/**
 * Reads AWS's words of a denied call; undefined for any others. Forms: "Troubleshoot access denied error messages" (IAM User Guide),
 * and what Amazon ECR answers to a push (aws-actions/amazon-ecr-login issue 232: `… because no resource-based policy allows …`).
 */
export function parseDenial(words: string): Denial | undefined {
  const [, principal = '', action, resource, reason = ''] = form.exec(words) ?? [];
  if (action === undefined) return undefined;
  return { principal, action, resource, missing: missingFrom(reason) };
}

function missingFrom(reason: string): Denial['missing'] {
  if (/explicit deny/.test(reason)) return 'denied';
  return /no resource-based policy/.test(reason) ? 'repository' : 'identity';
}

/** Which right is missing, and the policy statement that gives it. */
export function explainDenial({ principal, action, resource = '*', missing }: Denial): { likely: string; remedy: string } {
  switch (missing) {
    case 'identity':
      return {
        likely: `the role of this step may not call ${action}`,
        remedy: `Add to its policy: ${JSON.stringify({ Effect: 'Allow', Action: action, Resource: resource })}`,
      };
    case 'repository': {
      const allowed = { Effect: 'Allow', Principal: { AWS: roleOf(principal) }, Action: action };
      return {
        likely: `the repository is another account's, and its policy does not let this step call ${action}`,
        remedy: `Add to the policy of the repository (${resource}): ${JSON.stringify(allowed)}, or give role-to-assume with a role of its account.`,
      };
    }
    case 'denied':
      return {
        likely: `a policy denies ${action} on ${resource}: of the role, its boundary, the organisation, the VPC endpoint or the repository`,
        remedy: 'Find the statement with "Effect": "Deny" that AWS names, and except this role from it.',
      };
  }
}

/** A policy names a role, where AWS names the session of it. */
function roleOf(principal: string): string {
  return principal.replace(/^arn:(aws[a-z-]*):sts::(\d{12}):assumed-role\/([^/]+)\/.*$/, 'arn:$1:iam::$2:role/$3');
}
