import { expect, test } from '@jest/globals';
import { explainDenial, parseDenial } from './denial.ts';

const resource = 'arn:aws:ecr:us-west-2:123456789012:repository/shop/ui';
const user = 'arn:aws:sts::210987654321:assumed-role/ci/GitHubActions';
const denied = (reason: string) =>
  `User: ${user} is not authorized to perform: ecr:InitiateLayerUpload on resource: ${resource}${reason}`;

test.each([
  ['', 'identity', `{"Effect":"Allow","Action":"ecr:InitiateLayerUpload","Resource":"${resource}"}`],
  [
    ' because no identity-based policy allows the ecr:InitiateLayerUpload action',
    'identity',
    `{"Effect":"Allow","Action":"ecr:InitiateLayerUpload","Resource":"${resource}"}`,
  ],
  [
    ' because no resource-based policy allows the ecr:InitiateLayerUpload action',
    'repository',
    '{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::210987654321:role/ci"},"Action":"ecr:InitiateLayerUpload"}',
  ],
  [' with an explicit deny in a service control policy', 'denied', '"Effect": "Deny"'],
])('denied%s: the right is missing in the %s policy', (reason, missing, remedy) => {
  const denial = parseDenial(denied(reason));
  expect(denial).toEqual({ principal: user, action: 'ecr:InitiateLayerUpload', resource, missing });
  expect(denial && explainDenial(denial).remedy).toContain(remedy);
});

test('other words are no denial', () => {
  expect(parseDenial('Your authorization token has expired.')).toBeUndefined();
});
