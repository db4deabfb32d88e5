import { ActionError } from '@eks-gitops/errors';
import type { Environment } from '../git.ts';
import type { Access } from './access.ts';
import { type AwsCredentials, findAwsCredentials } from './aws-credentials.ts';
import { codeCommitRegion } from './codecommit-host.ts';
import { signCodeCommit } from './codecommit-signature.ts';
import { httpAccess } from './http-access.ts';
import type { CodeCommitRemote, Remote } from './remote.ts';

export interface CodeCommitRequest {
  readonly remote: Remote;
  readonly env: Environment;
}

/**
 * Signs in to AWS CodeCommit over HTTPS with AWS's credential chain alone, as git-remote-codecommit does: user name and password are
 * made anew for every command, because a signature is good for 15 minutes. Throws INPUT_INVALID for another host.
 */
export function openCodeCommit({ remote, env }: CodeCommitRequest): Access {
  const url = remote.kind === 'codecommit' ? codeCommitUrl(remote, env) : remote.url;
  const parsed = URL.parse(url);
  const region = codeCommitRegion(url);
  if (parsed === null || region === undefined) throw notCodeCommit(url);
  const profile = remote.kind === 'codecommit' ? remote.profile : undefined;
  const provide = findAwsCredentials({ env, profile });
  const settings = async () => {
    const credentials = await provide();
    const password = await signCodeCommit({ host: parsed.hostname, path: parsed.pathname, region, credentials, now: new Date() });
    return httpAccess({ kind: 'http', url, origin: parsed.origin }, { username: userName(credentials), password });
  };
  return { url, settings };
}

/** The session token is part of the user name. */
function userName({ accessKeyId, sessionToken }: AwsCredentials): string {
  return sessionToken === undefined ? accessKeyId : `${accessKeyId}%${sessionToken}`;
}

/** The HTTPS URL that git-remote-codecommit makes of its own forms; the region may come from AWS_REGION. */
export function codeCommitUrl({ repository, region, profile }: CodeCommitRemote, env: Environment): string {
  const place = region ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'];
  if (!place) {
    const asWritten = `codecommit://${profile === undefined ? '' : `${profile}@`}${repository}`;
    throw new ActionError({
      code: 'INPUT_INVALID',
      message: `The region of ${asWritten} is not known.`,
      expected: 'codecommit::REGION://repository, or AWS_REGION to be set',
      found: asWritten,
    });
  }
  const domain = place.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://git-codecommit.${place}.${domain}/v1/repos/${repository}`;
}

function notCodeCommit(url: string): ActionError {
  return new ActionError({
    code: 'INPUT_INVALID',
    message: `${url} is not a repository of AWS CodeCommit.`,
    expected: 'https://git-codecommit.REGION.amazonaws.com/v1/repos/NAME, or codecommit::REGION://NAME',
    found: url,
    remedy: 'Use other credentials for this server.',
  });
}
