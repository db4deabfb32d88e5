/** AWS's own host names that are served inside a sandbox, and the loopback addresses that they have there. */
export const awsHosts = {
  registry: { name: '123456789012.dkr.ecr.us-west-2.amazonaws.com', address: '127.0.1.10' },
  ecr: { name: 'api.ecr.us-west-2.amazonaws.com', address: '127.0.1.11' },
  codecommit: { name: 'git-codecommit.us-west-2.amazonaws.com', address: '127.0.1.12' },
  sts: { name: 'sts.us-west-2.amazonaws.com', address: '127.0.1.11' },
  eks: { name: 'eks.us-west-2.amazonaws.com', address: '127.0.1.14' },
  codepipeline: { name: 'codepipeline.us-west-2.amazonaws.com', address: '127.0.1.13' },
  codebuild: { name: 'codebuild.us-west-2.amazonaws.com', address: '127.0.1.13' },
  logs: { name: 'logs.us-west-2.amazonaws.com', address: '127.0.1.13' },
  cloudformation: { name: 'cloudformation.us-west-2.amazonaws.com', address: '127.0.1.13' },
} as const;

/** The account that {@link awsHosts}' registry belongs to. */
export const awsAccount = '123456789012';

/** What ECR's API gives (moto does) and what the registry then demands. */
export const ecrLogin = { username: 'AWS', password: `${awsAccount}-auth-token` } as const;

/** The name server that a sandbox asks, and the zone that it has authority over: that of load balancers' names. */
export const nameServer = {
  zone: 'us-west-2.elb.amazonaws.com',
  name: 'ns-1.us-west-2.elb.amazonaws.com',
  address: '127.0.1.53',
} as const;

/** A resolver's configuration (resolv.conf(5)) for a sandbox. */
export function formatResolvers(): string {
  return `nameserver ${nameServer.address}\noptions timeout:1 attempts:1\n`;
}

/** A hosts file (hosts(5)) for a sandbox: localhost and AWS's names, nothing else. */
export function formatHosts(): string {
  const aws = Object.values(awsHosts).map(({ name, address }) => `${address} ${name}`);
  return ['127.0.0.1 localhost', '::1 localhost', ...aws, ''].join('\n');
}
