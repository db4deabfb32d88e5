import { expect, test } from '@jest/globals';
import { openEcrClient } from './client.ts';
import { parseEcrHost } from './host.ts';

// The SDK's own rules (botocore 1.44 has the same); the General Reference still lists ecr-fips.<region>.amazonaws.com, as botocore 1.35 did.
test.each([
  ['123456789012.dkr.ecr.us-west-2.amazonaws.com', 'api.ecr.us-west-2.amazonaws.com'],
  ['123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com', 'api.ecr-fips.us-gov-west-1.amazonaws.com'],
  ['123456789012.dkr-ecr.eu-central-1.on.aws', 'ecr.eu-central-1.api.aws'],
  ['123456789012.dkr-ecr-fips.us-east-1.on.aws', 'ecr-fips.us-east-1.api.aws'],
  ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn', 'api.ecr.cn-north-1.amazonaws.com.cn'],
  ['123456789012.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn', 'ecr.cn-north-1.api.amazonwebservices.com.cn'],
])('for %s AWS is asked at %s', async (registry, endpoint) => {
  const host = parseEcrHost(registry);
  if (host === undefined) throw new Error(`${registry} is not read`);
  const client = await openEcrClient({ host, roleToAssume: undefined, signal: AbortSignal.timeout(5_000), mask: () => {} });
  const { region, useFipsEndpoint, useDualstackEndpoint, endpointProvider } = client.config;
  const asked = { Region: await region(), UseFIPS: await useFipsEndpoint(), UseDualStack: await useDualstackEndpoint() };
  expect(endpointProvider(asked, {}).url.hostname).toBe(endpoint);
  client.destroy();
});
