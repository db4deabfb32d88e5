import { DescribeRepositoriesCommand, ECRClient, GetLifecyclePolicyCommand } from '@aws-sdk/client-ecr';
import { type AwsScript, type Moto, type ScriptedAnswer, type ScriptedAws, startAws, startMoto } from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { afterAll, afterEach, beforeAll, describe, expect } from '@jest/globals';
import { parseRepository } from '../reference.ts';
import { type EnsureRequest, ensureRepository } from './ensure-repository.ts';
import { lifecyclePolicy } from './repository-settings.ts';

const test = await testNeeding('moto');

const account = '123456789012';
const before = { ...process.env };

afterEach(() => {
  process.env = { ...before };
});

/** The AWS SDK reads the environment of the process. */
function useAws(variables: Readonly<Record<string, string>>): void {
  const none = {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
  };
  Object.assign(process.env, none, variables);
}

async function ensure(path: string, { registry = `${account}.dkr.ecr.us-west-2.amazonaws.com`, ...more }: EnsureOptions = {}) {
  const notices: string[] = [];
  const masked: string[] = [];
  await ensureRepository({
    repository: parseRepository(`${registry}/${path}`),
    settings: { movingTags: ['latest', 'cache-*'], stagingImageDays: 14, kmsKey: undefined },
    roleToAssume: undefined,
    now: new Date(),
    signal: AbortSignal.timeout(60_000),
    mask: secret => masked.push(secret),
    onNotice: notice => notices.push(notice),
    ...more,
  });
  return { notices, masked };
}

type EnsureOptions = Partial<EnsureRequest> & { readonly registry?: string };

describe('against an emulator of Amazon ECR', () => {
  let moto: Moto;
  let client: ECRClient;

  beforeAll(async () => {
    moto = await startMoto();
    client = new ECRClient({
      region: 'us-west-2',
      endpoint: moto.url,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
  }, 60_000);

  afterAll(async () => {
    client?.destroy();
    await moto?.stop();
  });

  const keys = () => useAws({ AWS_ENDPOINT_URL: moto.url, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });

  test('a repository is made once, however many builds do so at once, and then found as it was made', async () => {
    keys();
    const made = await Promise.all([1, 2, 3].map(() => ensure('shop/ui')));
    expect(made.flatMap(({ notices }) => notices)).toEqual([
      `The repository ${account}.dkr.ecr.us-west-2.amazonaws.com/shop/ui was made in Amazon ECR.`,
    ]);
    const { repositories } = await client.send(new DescribeRepositoriesCommand({ repositoryNames: ['shop/ui'] }));
    expect(repositories?.[0]).toMatchObject({
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: [{ filter: 'latest' }, { filter: 'cache-*' }],
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: { encryptionType: 'AES256' },
    });
    const { lifecyclePolicyText } = await client.send(new GetLifecyclePolicyCommand({ repositoryName: 'shop/ui' }));
    expect(JSON.parse(lifecyclePolicyText ?? '')).toEqual(lifecyclePolicy(14));
    expect((await ensure('shop/ui')).notices).toEqual([]);
  });

  test('one that exists stays as it is, and how it differs is told', async () => {
    keys();
    await ensure('shop/old');
    const settings = { movingTags: ['main'], stagingImageDays: 3, kmsKey: undefined };
    const { notices } = await ensure('shop/old', { settings });
    expect(notices).toEqual([expect.stringMatching(/left as it is.*latest, cache-\*, where only main.*14, not 3 days/)]);
    expect((await ensure('shop/old')).notices).toEqual([]);
  });

  test('a role of the account is assumed, and its secrets are masked', async () => {
    keys();
    const { masked } = await ensure('shop/role', { roleToAssume: `arn:aws:iam::${account}:role/push` });
    expect(masked.length).toBeGreaterThanOrEqual(2);
  });

  test('in another account nothing is made in the own one', async () => {
    keys();
    const registry = '210987654321.dkr.ecr.us-west-2.amazonaws.com';
    await expect(ensure('shop/far', { registry })).rejects.toMatchObject({
      code: 'REGISTRY_NOT_FOUND',
      failure: { remedy: expect.stringContaining('role-to-assume with a role of the account 210987654321') },
    });
    await expect(client.send(new DescribeRepositoriesCommand({ repositoryNames: ['shop/far'] }))).rejects.toThrow();
  });

  test('with a role of that account it is made there, in its region', async () => {
    keys();
    const registry = '210987654321.dkr.ecr.eu-central-1.amazonaws.com';
    const { notices } = await ensure('shop/far', { registry, roleToAssume: 'arn:aws:iam::210987654321:role/push' });
    expect(notices).toEqual([expect.stringContaining(`${registry}/shop/far was made`)]);
  });
});

describe('with answers of Amazon ECR that its service model allows', () => {
  let aws: ScriptedAws | undefined;

  afterEach(async () => {
    expect(aws?.violations()).toEqual([]);
    await aws?.stop();
    aws = undefined;
  });

  const output = (answer: object): ScriptedAnswer => ({ kind: 'output', output: answer });
  const error = (code: string, message: string): ScriptedAnswer => ({ kind: 'error', code, message });
  const token = { authorizationToken: 'QVdTOnA=', proxyEndpoint: `https://${account}.dkr.ecr.us-west-2.amazonaws.com` };
  const usual: Readonly<Record<string, ScriptedAnswer>> = {
    DescribeRepositories: error('RepositoryNotFoundException', 'The repository does not exist'),
    GetAuthorizationToken: output({ authorizationData: [token] }),
    CreateRepository: output({ repository: { registryId: account } }),
    PutLifecyclePolicy: output({}),
  };

  async function script(answers: Readonly<Record<string, ScriptedAnswer>>): Promise<void> {
    const ecr: AwsScript = ({ operation }) => answers[operation] ?? usual[operation] ?? error('ServerException', operation);
    const sts: AwsScript = ({ operation }) => answers[operation] ?? error('AccessDenied', 'no');
    aws = await startAws({ scripts: { ecr, sts } });
    useAws(aws.env);
  }

  const arn = `arn:aws:ecr:us-west-2:${account}:repository/shop/ui`;
  const denied = (action: string) =>
    error(
      'AccessDeniedException',
      `User: arn:aws:sts::${account}:assumed-role/ci/run is not authorized to perform: ${action} on resource: ${arn}`,
    );

  test('a build that comes second leaves everything to the first', async () => {
    await script({ CreateRepository: error('RepositoryAlreadyExistsException', 'it exists') });
    expect((await ensure('shop/ui')).notices).toEqual([]);
    expect(aws?.calls()).not.toContain('ecr:PutLifecyclePolicy');
  });

  for (const operation of ['DescribeRepositories', 'CreateRepository', 'PutLifecyclePolicy']) {
    test(`${operation} denied names the policy statement that would allow it`, async () => {
      await script({ [operation]: denied(`ecr:${operation}`) });
      await expect(ensure('shop/ui')).rejects.toMatchObject({
        code: 'AWS_DENIED',
        failure: { remedy: `Add to its policy: {"Effect":"Allow","Action":"ecr:${operation}","Resource":"${arn}"}` },
      });
    });
  }

  test('throttling that lasts is told as such', async () => {
    await script({ DescribeRepositories: error('ThrottlingException', 'Rate exceeded') });
    await expect(ensure('shop/ui')).rejects.toMatchObject({
      code: 'AWS_THROTTLED',
      failure: { found: 'ThrottlingException: Rate exceeded' },
    });
  });

  test('settings that Amazon ECR does not take are the input’s fault', async () => {
    await script({ CreateRepository: error('InvalidParameterException', 'Invalid parameter at filters') });
    await expect(ensure('shop/ui')).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });

  test('a role that may not be assumed is named, with its trust policy', async () => {
    const role = 'arn:aws:iam::210987654321:role/push';
    await script({
      AssumeRole: error('AccessDenied', `User: u is not authorized to perform: sts:AssumeRole on resource: ${role}`),
    });
    await expect(ensure('shop/ui', { roleToAssume: role })).rejects.toMatchObject({
      code: 'AWS_DENIED',
      failure: {
        message: `Could not assume the role ${role}.`,
        likely: expect.stringContaining('trust policy'),
        remedy: expect.stringContaining(`"Action":"sts:AssumeRole","Resource":"${role}"`),
      },
    });
  });
});
