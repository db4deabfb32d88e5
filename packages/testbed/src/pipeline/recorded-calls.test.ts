import { describe, expect, test } from '@jest/globals';
import { apiCall, gitCall, registryCalls } from './recorded-calls.ts';

const place = { account: '123456789012', region: 'us-west-2', stack: 'shop' };
const request = { headers: {}, status: 200, bytes: 0, startedAt: 0, endedAt: 1 };

describe('a request to the registry', () => {
  test.each([
    ['GET', '/v2/shop/ui/manifests/latest', 'ecr:BatchGetImage'],
    ['HEAD', '/v2/shop/ui/manifests/sha256:ab', 'ecr:BatchGetImage'],
    ['PUT', '/v2/shop/ui/manifests/latest', 'ecr:PutImage'],
    ['HEAD', '/v2/shop/ui/blobs/sha256:ab', 'ecr:BatchCheckLayerAvailability'],
    ['GET', '/v2/shop/ui/blobs/sha256:ab', 'ecr:GetDownloadUrlForLayer'],
    ['POST', '/v2/shop/ui/blobs/uploads/', 'ecr:InitiateLayerUpload'],
    ['PATCH', '/v2/shop/ui/blobs/uploads/7?_state=x', 'ecr:UploadLayerPart'],
    ['PUT', '/v2/shop/ui/blobs/uploads/7?digest=sha256:ab', 'ecr:UploadLayerPart', 'ecr:CompleteLayerUpload'],
  ])('%s %s needs %j on its repository', (method, path, ...actions) => {
    const resource = 'arn:aws:ecr:us-west-2:123456789012:repository/shop/ui';
    expect(registryCalls({ ...request, method, path }, place)).toEqual(actions.map(action => ({ action, resource })));
  });

  test('for the version alone needs no right', () => {
    expect(registryCalls({ ...request, method: 'GET', path: '/v2/' }, place)).toEqual([]);
  });

  test('that is not known is refused', () => {
    expect(() => registryCalls({ ...request, method: 'DELETE', path: '/v2/shop/ui/manifests/latest' }, place)).toThrow('DELETE');
  });
});

test('a call of an SDK tells its name and whose key it is signed with', () => {
  const headers = {
    'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken',
    authorization: 'AWS4-HMAC-SHA256 Credential=shop-index/20261125/us-west-2/ecr/aws4_request, SignedHeaders=host, Signature=0',
  };
  const call = { action: 'ecr:GetAuthorizationToken', resource: '*', accessKey: 'shop-index' };
  expect(apiCall({ ...request, method: 'POST', path: '/', headers }, place)).toEqual(call);
  const resource = 'arn:aws:eks:us-west-2:123456789012:cluster/shop';
  const describing = { ...request, method: 'GET', path: '/clusters/shop', headers: { authorization: headers.authorization } };
  expect(apiCall(describing, place)).toEqual({ action: 'eks:DescribeCluster', resource, accessKey: 'shop-index' });
  expect(() => apiCall({ ...request, method: 'POST', path: '/' }, place)).toThrow('POST /');
});

test.each([
  ['/v1/repos/shop/info/refs?service=git-upload-pack', 'codecommit:GitPull'],
  ['/v1/repos/shop/git-receive-pack', 'codecommit:GitPush'],
])('git’s %s needs %s', (path, action) => {
  const served = { method: 'GET', path, service: undefined, authorization: undefined, count: 1, startedAt: 0 };
  const call = gitCall({ ...served, status: 200, received: 0, sent: 0 }, place);
  expect(call).toEqual({ action, resource: 'arn:aws:codecommit:us-west-2:123456789012:shop' });
});
