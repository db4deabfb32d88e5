import { expect, test } from '@jest/globals';
import { parseEcrHost, repositoryArn } from './host.ts';

const account = '123456789012';

test.each([
  [`${account}.dkr.ecr.us-west-2.amazonaws.com`, { region: 'us-west-2', fips: false, dualStack: false }],
  [`${account}.dkr.ecr.cn-north-1.amazonaws.com.cn`, { region: 'cn-north-1', fips: false, dualStack: false }],
  [`${account}.dkr.ecr.eusc-de-east-1.amazonaws.eu`, { region: 'eusc-de-east-1', fips: false, dualStack: false }],
  [`${account}.dkr.ecr-fips.us-gov-west-1.amazonaws.com`, { region: 'us-gov-west-1', fips: true, dualStack: false }],
  [`${account}.dkr-ecr.eu-central-1.on.aws`, { region: 'eu-central-1', fips: false, dualStack: true }],
  [`${account}.dkr-ecr-fips.us-east-1.on.aws`, { region: 'us-east-1', fips: true, dualStack: true }],
  [`${account}.dkr-ecr.cn-northwest-1.on.amazonwebservices.com.cn`, { region: 'cn-northwest-1', fips: false, dualStack: true }],
  [`${account}.dkr.ecr.us-west-2.amazonaws.com.evil.example`, undefined],
  [`evil.${account}.dkr.ecr.us-west-2.amazonaws.com`, undefined],
  [`${account}.dkr.ecr.us-west-2.amazonaws.com:443`, undefined],
  [`${account}.dkr.ecr.us-west-2.on.aws`, undefined],
  [`${account}.dkr.ecr.evil.example/.us-west-2.amazonaws.com`, undefined],
  ['12345678901.dkr.ecr.us-west-2.amazonaws.com', undefined],
  ['public.ecr.aws', undefined],
  ['docker.io', undefined],
])('%s', (registry, expected) => {
  expect(parseEcrHost(registry)).toEqual(expected === undefined ? undefined : { account, ...expected });
});

test.each([
  ['us-west-2', 'aws'],
  ['cn-north-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
  ['eusc-de-east-1', 'aws-eusc'],
])('a repository in %s is named in the partition %s', (region, partition) => {
  const host = { account, region, fips: false, dualStack: false };
  expect(repositoryArn(host, 'shop/ui')).toBe(`arn:${partition}:ecr:${region}:${account}:repository/shop/ui`);
});
