import { dirname, join } from 'node:path';
import { requireTool } from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { expect } from '@jest/globals';
import { execa } from 'execa';
import { mintToken } from './token.ts';

const test = await testNeeding('moto');

/** What `aws eks get-token` does (AWS CLI, customizations/eks/get_token.py), with the botocore that moto brings along. */
const script = `
import base64, sys, botocore.session
region, cluster = sys.argv[1:]
client = botocore.session.get_session().create_client('sts', region_name=region)
def keep(params, context, **_): context['id'] = params.pop('ClusterName')
def inject(request, **_): request.headers['x-k8s-aws-id'] = request.context['id']
client.meta.events.register('provide-client-params.sts.GetCallerIdentity', keep)
client.meta.events.register('before-sign.sts.GetCallerIdentity', inject)
url = client.generate_presigned_url('get_caller_identity', Params={'ClusterName': cluster}, ExpiresIn=60, HttpMethod='GET')
print('k8s-aws-v1.' + base64.urlsafe_b64encode(url.encode()).decode().rstrip('='))
`;

const key = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };

for (const { region, sessionToken } of [
  { region: 'us-west-2', sessionToken: undefined },
  { region: 'eu-central-1', sessionToken: 'IQoJb3JpZ2luX2VjE/+session==' },
  { region: 'cn-north-1', sessionToken: undefined },
]) {
  test(`a token is the one that the AWS CLI makes: ${region}, ${sessionToken === undefined ? 'a key' : 'a session'}`, async () => {
    const python = join(dirname(await requireTool('moto')), 'python');
    const env = {
      AWS_ACCESS_KEY_ID: key.accessKeyId,
      AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
      ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
    };
    const { stdout } = await execa(python, ['-c', script, region, 'demo-cluster'], { env, extendEnv: false });
    const theirs = readToken(stdout);
    const signed = theirs.searchParams.get('X-Amz-Date') ?? '';
    const now = new Date(signed.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, '$1-$2-$3T$4:$5:$6Z'));
    const ours = readToken(await mintToken({ cluster: 'demo-cluster', region, credentials: { ...key, sessionToken }, now }));
    expect(Object.fromEntries(ours.searchParams)).toEqual(Object.fromEntries(theirs.searchParams));
    expect(`${ours.origin}${ours.pathname}`).toBe(`${theirs.origin}${theirs.pathname}`);
  });
}

function readToken(token: string): URL {
  expect(token).toMatch(/^k8s-aws-v1\.[\w-]+$/);
  return new URL(Buffer.from(token.replace('k8s-aws-v1.', ''), 'base64url').toString('utf8'));
}
