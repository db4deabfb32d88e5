import { expect, test } from '@jest/globals';
import { clusterNeeds, scanPolicy } from './cluster-needs.ts';

const ecr = { account: '123456789012', region: 'cn-north-1' };
const image = { name: '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/shop/ui', ecr };

test('the policy of the reflector holds the calls of a scan, on the repository', () => {
  expect(scanPolicy({ image, automation: 'flux', reflects: true })).toEqual({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
      {
        Effect: 'Allow',
        Action: ['ecr:ListImages', 'ecr:BatchGetImage'],
        Resource: 'arn:aws-cn:ecr:cn-north-1:123456789012:repository/shop/ui',
      },
    ],
  });
});

test('what the cluster needs names the controllers, the role and how to give it', () => {
  const text = clusterNeeds({ image, automation: 'flux', reflects: false });
  expect(text).toContain('flux install --components-extra=image-reflector-controller,image-automation-controller');
  expect(text).toContain('"ecr:ListImages"');
  expect(text).not.toContain('BatchGetImage');
  expect(text).toContain('aws eks create-pod-identity-association');
  expect(text).toContain('eks.amazonaws.com/role-arn');
});

test('outside Amazon ECR it names the Secret', () => {
  const text = clusterNeeds({ image: { name: 'ghcr.io/shop/ui' }, automation: 'action', reflects: false });
  expect(text).toContain('secretRef');
  expect(text).not.toContain('ecr:');
});
