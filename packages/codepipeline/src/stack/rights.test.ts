import { describe, expect, test } from '@jest/globals';
import { allOptions, labOptions, optionSets } from './option-sets.ts';
import type { PipelineOptions } from './options.ts';
import type { Grounds, Right } from './right.ts';
import { pipelineRights, projectRights, workflowRights } from './rights.ts';

function groundsOf(options: PipelineOptions): Grounds {
  const made = options.encryption.kind === 'create' ? 'arn:aws:kms:us-west-2:123456789012:key/made' : undefined;
  return {
    options,
    bucketName: options.bucket.kind === 'existing' ? options.bucket.name : 'made-bucket',
    repositoryArn: 'arn:aws:ecr:us-west-2:123456789012:repository/shop/ui',
    keyArn: options.encryption.kind === 'existing' ? options.encryption.keyArn : made,
  };
}

function rolesOf(options: PipelineOptions): Readonly<Record<string, readonly Right[]>> {
  const grounds = groundsOf(options);
  return {
    amd64: projectRights('amd64', grounds),
    arm64: projectRights('arm64', grounds),
    index: projectRights('index', grounds),
    deploy: projectRights('deploy', grounds),
    pipeline: pipelineRights(grounds),
    github: workflowRights(grounds),
  };
}

function actionsOf(rights: readonly Right[] | undefined): string[] {
  return (rights ?? []).flatMap(({ actions }) => actions).sort();
}

const rightSets = [...optionSets, allOptions].flatMap(options => Object.values(rolesOf(options)));
const allRights = rightSets.flat();

describe('whatever the options', () => {
  test('no right is to a family of calls', () => {
    expect(allRights.flatMap(({ actions }) => actions).filter(action => !/^[a-z0-9-]+:[A-Z][A-Za-z]+$/.test(action))).toEqual([]);
  });

  test('a resource with a * has its reason, and only such a one', () => {
    // CDK's tokens are written ${Token[AWS.Region.1]}: no * is part of them.
    const wrong = allRights.filter(({ resources, why }) => resources.some(one => one.includes('*')) !== (why !== undefined));
    expect(wrong).toEqual([]);
  });

  test('a role has no statement twice, by name or by call', () => {
    for (const rights of rightSets) {
      const names = rights.map(({ sid }) => sid);
      expect(names).toEqual([...new Set(names)]);
      expect(names.filter(name => !/^[A-Za-z0-9]+$/.test(name))).toEqual([]);
    }
  });

  test('nothing may change IAM, delete an image or write to the source', () => {
    const forbidden =
      /^(?:iam|sts):|:Delete(?!NetworkInterface)|:GitPush|ecr:(?:Batch)?Delete|:Create(?!LogStream|NetworkInterface)/;
    expect(allRights.flatMap(({ actions }) => actions).filter(action => forbidden.test(action))).toEqual([]);
  });
});

describe('the rights of the lab', () => {
  const roles = rolesOf(labOptions);
  const push = [
    'ecr:BatchCheckLayerAvailability',
    'ecr:BatchGetImage',
    'ecr:CompleteLayerUpload',
    'ecr:GetAuthorizationToken',
    'ecr:GetDownloadUrlForLayer',
    'ecr:InitiateLayerUpload',
    'ecr:PutImage',
    'ecr:UploadLayerPart',
  ];
  const artifacts = ['s3:GetBucketAcl', 's3:GetBucketLocation', 's3:GetObject', 's3:GetObjectVersion', 's3:PutObject'];
  const log = ['logs:CreateLogStream', 'logs:PutLogEvents'];

  test.each([
    ['amd64', ['codecommit:GitPull', ...push, ...log, ...artifacts]],
    ['arm64', ['codecommit:GitPull', ...push, ...log, ...artifacts]],
    [
      'index',
      ['ecr:BatchGetImage', 'ecr:GetAuthorizationToken', 'ecr:GetDownloadUrlForLayer', 'ecr:PutImage', ...log, ...artifacts],
    ],
    [
      'pipeline',
      [
        'codebuild:BatchGetBuilds',
        'codebuild:StartBuild',
        'codecommit:CancelUploadArchive',
        'codecommit:GetBranch',
        'codecommit:GetCommit',
        'codecommit:GetRepository',
        'codecommit:GetUploadArchiveStatus',
        'codecommit:UploadArchive',
        's3:GetBucketAcl',
        's3:GetBucketLocation',
        's3:GetBucketVersioning',
        's3:GetObject',
        's3:GetObjectVersion',
        's3:PutObject',
      ],
    ],
    ['github', push],
  ])('%s', (role, expected) => {
    expect(actionsOf(roles[role])).toEqual(expected);
  });
});

describe('what an option adds', () => {
  const lab = rolesOf(labOptions);

  function added(options: Partial<PipelineOptions>): Record<string, string[]> {
    const roles = rolesOf({ ...labOptions, ...options });
    const entries = Object.keys(lab).map(role => {
      const before = (lab[role] ?? []).map(({ sid }) => sid);
      return [role, (roles[role] ?? []).filter(({ sid }) => !before.includes(sid)).map(({ sid }) => sid)] as const;
    });
    return Object.fromEntries(entries.filter(([, sids]) => sids.length > 0));
  }

  test.each<[string, Partial<PipelineOptions>, Record<string, string[]>]>([
    [
      'a tool package in S3: the object',
      { toolPackage: 's3://tools/eks.tgz' },
      { amd64: ['FetchTool'], arm64: ['FetchTool'], index: ['FetchTool'], deploy: ['FetchTool'] },
    ],
    [
      'an own key: its use',
      { encryption: { kind: 'create' } },
      {
        amd64: ['UseArtifactKey'],
        arm64: ['UseArtifactKey'],
        index: ['UseArtifactKey'],
        deploy: ['UseArtifactKey'],
        pipeline: ['UseArtifactKey'],
      },
    ],
    [
      'a connection: its use by those that clone, and the list with which CodePipeline puts its artifact',
      {
        source: {
          kind: 'connection',
          connectionArn: 'arn:aws:codeconnections:us-west-2:1:connection/1',
          repository: 'o/r',
          branch: 'b',
        },
      },
      { amd64: ['UseConnection'], arm64: ['UseConnection'], pipeline: ['UseConnection', 'ShareSourceArtifact'] },
    ],
    [
      'a zip in S3: the object, for the pipeline alone',
      { source: { kind: 's3', bucket: 'b', key: 'k.zip' } },
      { pipeline: ['ReadSource'] },
    ],
    [
      'a deployment: the cluster, for those that follow it',
      { deployment: { clusterName: 'c', kustomization: 'k', deployment: 'd', namespace: 'n' } },
      { deploy: ['FindCluster', 'LogInToRegistry', 'ReadImages'], github: ['FindCluster'] },
    ],
  ])('%s', (_, options, expected) => {
    expect(added(options)).toEqual(expected);
  });

  test.each([
    ['shop', 'shop/*'],
    ['a-name-of-more-than-20', 'a-name-of-more-than-*'],
  ])('in a foreign bucket the artifacts of %s alone', (name, keys) => {
    const rights = rolesOf({ ...labOptions, name, bucket: { kind: 'existing', name: 'shared' } })['index'];
    const [artifacts] = rights?.filter(({ sid }) => sid === 'ExchangeArtifacts') ?? [];
    expect(artifacts?.resources).toEqual([expect.stringMatching(/:s3:::shared\/.*$/)]);
    expect(artifacts?.resources[0]?.split(':s3:::shared/')[1]).toBe(keys);
  });

  test("the connection's own prefix", () => {
    for (const service of ['codeconnections', 'codestar-connections']) {
      const connectionArn = `arn:aws:${service}:us-west-2:123456789012:connection/1`;
      const source = { kind: 'connection', connectionArn, repository: 'o/r', branch: 'b' } as const;
      expect(actionsOf(rolesOf({ ...labOptions, source })['amd64'])).toContain(`${service}:UseConnection`);
    }
  });
});
