import { ActionError } from '@eks-gitops/errors';
import { githubRepositoryForm, pipelineNameForm } from '../names.ts';
import type { PipelineOptions } from './options.ts';

interface Rule {
  readonly option: string;
  readonly expected: string;
  /** Those of its values that are not as expected. */
  readonly wrong: (options: PipelineOptions) => readonly unknown[];
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const retentions = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

/** What is named here stands in the rights of roles, where a `*` or `?` would let in more than the one thing. */
const oneArn = /^arn:[^\s*?]+$/;
const bucketForm = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

const rules: readonly Rule[] = [
  {
    option: 'name',
    expected: '2 to 57 letters, digits, - and _, beginning with a letter or a digit',
    wrong: ({ name }) => unlike(pipelineNameForm, [name]),
  },
  {
    option: 'toolPackage',
    expected: 'an npm package with its exact version, such as eks-gitops-actions@1.2.3, or s3://BUCKET/KEY.tgz',
    wrong: ({ toolPackage }) =>
      unlike(/^(?:(?:@[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+[\w.+-]*|s3:\/\/[a-z0-9][a-z0-9.-]+\/[^\s*?]+\.tgz)$/, [toolPackage]),
  },
  {
    option: 'repository',
    expected: 'the name of an ECR repository without its registry, such as shop/ui',
    wrong: ({ repository }) =>
      unlike(/^(?!\d{12}\.dkr\.)(?=.{2,256}$)[a-z0-9]+(?:[._/-][a-z0-9]+|__[a-z0-9]+)*$/, [repository.name]),
  },
  {
    // https://docs.aws.amazon.com/codecommit/latest/APIReference/API_RepositoryMetadata.html
    option: 'source',
    expected: 'the name of a repository, the ARN of a connection, or bucket and key, without * and ?',
    wrong: ({ source }) => {
      switch (source.kind) {
        case 'codecommit':
          return unlike(/^[\w.-]{1,100}$/, [source.repository]);
        case 'connection':
          return unlike(oneArn, [source.connectionArn]);
        case 's3':
          return [...unlike(bucketForm, [source.bucket]), ...unlike(/^[^\s*?]+$/, [source.key])];
      }
    },
  },
  {
    option: 'bucket',
    expected: 'the name of a bucket',
    wrong: ({ bucket }) => (bucket.kind === 'existing' ? unlike(bucketForm, [bucket.name]) : []),
  },
  {
    option: 'encryption',
    expected: 'the ARN of a key',
    wrong: ({ encryption }) => (encryption.kind === 'existing' ? unlike(oneArn, [encryption.keyArn]) : []),
  },
  {
    // https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html
    option: 'deployment',
    expected: 'the name of a cluster',
    wrong: ({ deployment }) => (deployment === undefined ? [] : unlike(/^[0-9A-Za-z][\w-]{0,99}$/, [deployment.clusterName])),
  },
  {
    option: 'buildArgs',
    expected: 'NAME=value or NAME, on one line',
    wrong: ({ buildArgs }) => unlike(/^[A-Za-z_]\w*(?:=.*)?$/, buildArgs),
  },
  {
    option: 'network',
    expected: 'at least one subnet and one security group',
    wrong: ({ network }) =>
      network === undefined || (network.subnetIds.length > 0 && network.securityGroupIds.length > 0) ? [] : [network],
  },
  {
    option: 'logRetentionDays',
    expected: `one of ${retentions.join(', ')}`,
    wrong: ({ logRetentionDays }) => [logRetentionDays].filter(days => !retentions.includes(days)),
  },
  {
    option: 'buildTimeoutMinutes',
    expected: 'a whole number from 5 to 2160',
    wrong: ({ buildTimeoutMinutes }) => outside(5, 2160, buildTimeoutMinutes),
  },
  {
    option: 'stagingImageDays',
    expected: 'a whole number from 1',
    wrong: ({ stagingImageDays }) => outside(1, Number.MAX_SAFE_INTEGER, stagingImageDays),
  },
  {
    option: 'concurrentBuilds',
    expected: 'a whole number from 1',
    wrong: ({ concurrentBuilds = 1 }) => outside(1, Number.MAX_SAFE_INTEGER, concurrentBuilds),
  },
  {
    option: 'githubRole.repository',
    expected: 'one repository, OWNER/NAME or OWNER@ID/NAME@ID',
    wrong: ({ githubRole }) => unlike(githubRepositoryForm, githubRole === undefined ? [] : [githubRole.repository]),
  },
  {
    // A pull request comes from anybody, and * is every workflow of the repository, those of pull requests too.
    option: 'githubRole.subjects',
    expected: 'ref:refs/heads/BRANCH, ref:refs/tags/TAG or environment:NAME',
    wrong: ({ githubRole }) =>
      githubRole?.subjects.length === 0
        ? ['']
        : unlike(/^(?:ref:refs\/(?:heads|tags)\/|environment:)[^\s?]+$/, githubRole?.subjects ?? []),
  },
];

/** Refuses options that AWS would refuse late, or that would let in more than was meant. Throws INPUT_INVALID, naming all of them. */
export function checkOptions(options: PipelineOptions): void {
  const faults = rules.flatMap(({ option, expected, wrong }) => {
    const found = wrong(options);
    return found.length === 0 ? [] : [{ option, expected, found: found.map(value => JSON.stringify(value)).join(', ') }];
  });
  if (faults.length === 0) return;
  throw new ActionError({
    code: 'INPUT_INVALID',
    message: `The pipeline cannot be made with this ${faults.map(({ option }) => option).join(', ')}.`,
    expected: faults.map(({ option, expected }) => `${option}: ${expected}`).join('; '),
    found: faults.map(({ option, found }) => `${option}: ${found}`).join('; '),
  });
}

function unlike(form: RegExp, values: readonly string[]): readonly string[] {
  return values.filter(value => !form.test(value));
}

function outside(least: number, most: number, value: number): readonly number[] {
  return Number.isInteger(value) && value >= least && value <= most ? [] : [value];
}
