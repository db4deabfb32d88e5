import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeCommandWorld, startMoto } from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { describe, expect, test as plainTest } from '@jest/globals';
import { execa } from 'execa';
import { type StackWorld, withStack as withScript } from './e2e-world.ts';
import { type ScriptedEvent, type StackScript, stackId } from './scripted-stack.ts';

const test = await testNeeding('moto');
const called = new Set<string>();

async function withStack(script: StackScript, work: (world: StackWorld) => Promise<void>): Promise<void> {
  await withScript(script, async world => {
    await work(world);
    for (const call of world.aws.calls()) called.add(call);
  });
}

const bin = join(import.meta.dirname, '../../../packages/cli/src/bin.ts');

/** The command without credentials, region, proxy or home. */
async function templateFor(...args: string[]) {
  const given = ['provision-pipeline', '--name=shop', '--tool-package=eks-gitops-actions@1.2.3', '--template-only', ...args];
  const env = { PATH: dirname(process.execPath), HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true' };
  return execa(process.execPath, [bin, ...given], { env, extendEnv: false, stripFinalNewline: false });
}

const template = (await templateFor()).stdout.trim();

/** The stack as it is with a deploy stage, which goes when the inputs name no cluster. */
async function otherTemplate(): Promise<string> {
  return (await templateFor('--cluster-name=eks', '--kustomization=apps', '--workload=ui')).stdout.trim();
}

const created: readonly ScriptedEvent[] = [
  ['stack', 'CREATE_IN_PROGRESS', 'User Initiated'],
  ['ImageRepository', 'CREATE_IN_PROGRESS', 'Resource creation Initiated'],
  ['ImageRepository', 'CREATE_COMPLETE'],
  ['stack', 'CREATE_COMPLETE'],
];
const updated: readonly ScriptedEvent[] = [
  ['stack', 'UPDATE_IN_PROGRESS', 'User Initiated'],
  ['Pipeline', 'UPDATE_COMPLETE'],
  ['stack', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'],
  ['stack', 'UPDATE_COMPLETE'],
];
const deleted: readonly ScriptedEvent[] = [
  ['stack', 'DELETE_IN_PROGRESS', 'User Initiated'],
  ['ImageRepository', 'DELETE_SKIPPED'],
  ['stack', 'DELETE_COMPLETE'],
];

plainTest('the template alone is on standard output, without credentials or network', async () => {
  const { stdout, stderr } = await templateFor('--source=s3', '--source-object=s3://shop-sources/a.zip', '--artifact-key=create');
  expect(Object.keys(JSON.parse(stdout).Resources)).toEqual(expect.arrayContaining(['Pipeline', 'ArtifactKey']));
  expect(stdout).toBe(`${JSON.stringify(JSON.parse(stdout))}\n`);
  expect(stderr).toBe('');
});

plainTest('the buildspecs are written as files', async () => {
  const command = await makeCommandWorld('provision-pipeline');
  const args = ['--name=shop', '--tool-package=eks-gitops-actions@1.2.3', '--template-only', '--buildspecs=ci/specs'];
  const { exitCode, outputs } = await command.run(args);
  const folder = join(command.root, 'ci/specs');
  expect({ exitCode, ...outputs }).toMatchObject({ exitCode: 0, template });
  expect((await readdir(folder)).sort()).toEqual(['buildspec-build.yml', 'buildspec-index.yml']);
  expect(await readFile(join(folder, 'buildspec-build.yml'), 'utf8')).toContain('build-arch-image');
  await command.remove();
});

describe('a stack that is not there', () => {
  test.concurrent('is shown with its rights, made, and tells its outputs', async () => {
    await withStack({ courses: [created] }, async ({ run, writes }) => {
      const { exitCode, outputs, log } = await run('--allow-iam');
      expect({ exitCode, ...outputs }).toMatchObject({
        exitCode: 0,
        status: 'created',
        'stack-id': stackId,
        'repository-uri': '123456789012.dkr.ecr.us-west-2.amazonaws.com/shop',
        pipeline: 'shop',
        'pipeline-url': 'https://us-west-2.console.aws.amazon.com/codesuite/codepipeline/pipelines/shop/view?region=us-west-2',
        'role-arns': 'PipelineRole=arn:aws:iam::123456789012:role/shop-PipelineRole',
        'clone-url': 'https://git-codecommit.us-west-2.amazonaws.com/v1/repos/shop',
        template: '',
      });
      const said = ['+ AWS::ECR::Repository ImageRepository', '+ Allow ecr:', 'CREATE_COMPLETE stack shop'].map(line =>
        log.indexOf(line),
      );
      expect(said).toEqual([...said].sort((a, b) => a - b));
      expect(said).not.toContain(-1);
      expect(writes()).toEqual(['cloudformation:CreateChangeSet', 'cloudformation:ExecuteChangeSet']);
    });
  });

  test.concurrent('is not made without allow-iam, and nothing of it stays', async () => {
    await withStack({}, async ({ run, writes, left }) => {
      const { exitCode, error } = await run();
      expect({ exitCode, ...error }).toMatchObject({ exitCode: 1, code: 'PERMISSIONS_CHANGE', expected: 'allow-iam: true' });
      expect(error['detail']).toContain('+ Allow sts:AssumeRole to codepipeline.amazonaws.com');
      expect(writes()).toEqual([
        'cloudformation:CreateChangeSet',
        'cloudformation:DeleteChangeSet',
        'cloudformation:DeleteStack',
      ]);
      expect(left()).toEqual({ status: 'DELETE_COMPLETE', changeSets: 0 });
    });
  });

  test.concurrent('is only shown by a dry run', async () => {
    await withStack({}, async ({ run, left }) => {
      const { exitCode, outputs } = await run('--dry-run');
      expect({ exitCode, status: outputs['status'] }).toEqual({ exitCode: 0, status: 'planned' });
      expect(outputs['changes']).toContain('+ AWS::CodePipeline::Pipeline Pipeline');
      expect(left()).toEqual({ status: 'DELETE_COMPLETE', changeSets: 0 });
    });
  });

  test.concurrent('leaves no name behind where CloudFormation finds the template wrong', async () => {
    await withStack({ invalid: { reason: 'Template format error' } }, async ({ run, left }) => {
      const { error } = await run('--allow-iam');
      expect(error).toMatchObject({ code: 'CHANGES_INVALID', found: 'Template format error' });
      expect(left()).toEqual({ status: 'DELETE_COMPLETE', changeSets: 0 });
    });
  });

  /** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html */
  test.concurrent('and cannot be made fails with the first cause', async () => {
    const course: ScriptedEvent[] = [
      ['stack', 'CREATE_IN_PROGRESS', 'User Initiated'],
      ['Log', 'CREATE_FAILED', 'Resource creation cancelled'],
      ['ImageRepository', 'CREATE_FAILED', "Resource handler returned message: 'The repository with name 'shop' already exists'"],
      ['stack', 'ROLLBACK_IN_PROGRESS', 'The following resource(s) failed to create: [Log, ImageRepository].'],
      ['stack', 'ROLLBACK_COMPLETE'],
    ];
    await withStack({ courses: [course] }, async ({ run }) => {
      const { exitCode, error } = await run('--allow-iam');
      expect({ exitCode, ...error }).toMatchObject({ exitCode: 1, code: 'STACK_FAILED' });
      expect(error['found']).toContain(
        "ImageRepository: Resource handler returned message: 'The repository with name 'shop' already",
      );
    });
  });
});

describe('a stack that is there', () => {
  test.concurrent('and is as it should be stays, and that is success', async () => {
    await withStack({ stack: { status: 'UPDATE_COMPLETE', template } }, async ({ run, left }) => {
      const { exitCode, outputs, log } = await run();
      expect({ exitCode, ...outputs }).toMatchObject({ exitCode: 0, status: 'unchanged', pipeline: 'shop' });
      expect(log).toContain('already as it should be');
      expect(left()).toEqual({ status: 'UPDATE_COMPLETE', changeSets: 0 });
    });
  });

  test.concurrent('is changed, with only the rights told that differ', async () => {
    const changes = [change('Modify', 'AWS::CodePipeline::Pipeline', { Replacement: 'False' })];
    const stack = { status: 'UPDATE_ROLLBACK_COMPLETE', template: await otherTemplate() };
    await withStack({ stack, courses: [updated], changes }, async ({ run, left }) => {
      const { exitCode, outputs, log } = await run('--allow-iam');
      expect({ exitCode, ...outputs }).toMatchObject({
        exitCode: 0,
        status: 'updated',
        changes: '~ AWS::CodePipeline::Pipeline It',
      });
      expect(log).toContain('- Allow eks:DescribeCluster on');
      expect(left()).toEqual({ status: 'UPDATE_COMPLETE', changeSets: 0 });
    });
  });

  test.concurrent('does not lose data unless that is allowed', async () => {
    const changes = [change('Modify', 'AWS::ECR::Repository', { Replacement: 'True', PolicyAction: 'ReplaceAndRetain' })];
    const stack = { status: 'CREATE_COMPLETE', template: await otherTemplate() };
    await withStack({ stack, changes, courses: [updated] }, async ({ run, left }) => {
      const { exitCode, error } = await run('--allow-iam');
      expect({ exitCode, ...error }).toMatchObject({ exitCode: 1, code: 'DATA_LOSS', found: 'It (shop-it)' });
      expect(left()).toEqual({ status: 'CREATE_COMPLETE', changeSets: 0 });
      expect((await run('--allow-iam', '--allow-data-loss')).outputs).toMatchObject({ status: 'updated' });
    });
  });

  test.concurrent('of somebody else is not touched', async () => {
    const stack = { status: 'CREATE_COMPLETE', template: '{"Resources":{"Bucket":{"Type":"AWS::S3::Bucket"}}}' };
    await withStack({ stack }, async ({ run, writes }) => {
      expect((await run('--allow-iam')).error).toMatchObject({ code: 'STACK_FOREIGN' });
      expect((await run('--operation=delete')).error).toMatchObject({ code: 'STACK_FOREIGN' });
      expect(writes()).toEqual([]);
    });
  });

  test.concurrent('is not touched where CloudFormation finds the template wrong, and says what is', async () => {
    const reason = 'The following hook(s)/validation failed: [AWS::EarlyValidation::PropertyValidation].';
    const events = [{ LogicalResourceId: 'Pipeline', ValidationStatusReason: 'Stages is too short', ValidationPath: '/Stages' }];
    const stack = { status: 'CREATE_COMPLETE', template: await otherTemplate() };
    await withStack({ stack, invalid: { reason, events } }, async ({ run, left }) => {
      const { error } = await run('--allow-iam');
      expect(error).toMatchObject({ code: 'CHANGES_INVALID', found: reason, detail: 'Pipeline: Stages is too short (/Stages)' });
      expect(left()).toEqual({ status: 'CREATE_COMPLETE', changeSets: 0 });
    });
  });

  test.concurrent('and says so too without the right to read what exactly is wrong', async () => {
    const reason = 'The following hook(s)/validation failed: [AWS::EarlyValidation::PropertyValidation].';
    const stack = { status: 'CREATE_COMPLETE', template: await otherTemplate() };
    const message = 'User: arn:aws:iam::123456789012:user/ci is not authorized to perform: cloudformation:DescribeEvents';
    const fault = (operation: string) => (operation === 'DescribeEvents' ? { code: 'AccessDenied', message } : undefined);
    await withStack({ stack, invalid: { reason }, fault }, async ({ run, left }) => {
      const { error, log } = await run('--allow-iam');
      expect(error).toMatchObject({ code: 'CHANGES_INVALID', found: reason });
      expect(log).toContain('cloudformation:DescribeEvents');
      expect(left()).toEqual({ status: 'CREATE_COMPLETE', changeSets: 0 });
    });
  });
});

/** "Stack status codes": https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html */
describe('what an interrupted run has left', () => {
  for (const [status, course] of [
    ['CREATE_IN_PROGRESS', created],
    ['UPDATE_IN_PROGRESS', updated],
  ] as const) {
    test.concurrent(`${status} is followed to its end, and then nothing is to be done`, async () => {
      const begun = { status, template, events: [['stack', status, 'User Initiated']] as ScriptedEvent[] };
      await withStack({ stack: begun, courses: [course.slice(1)] }, async ({ run, left }) => {
        const { exitCode, outputs, log } = await run('--allow-iam');
        expect({ exitCode, status: outputs['status'] }).toEqual({ exitCode: 0, status: 'unchanged' });
        expect(log).toContain(`The stack shop is ${status} already: following it first.`);
        expect(left().changeSets).toBe(0);
      });
    });
  }

  for (const [title, leftover, calls] of [
    ['is taken up', { Status: 'CREATE_COMPLETE', ExecutionStatus: 'AVAILABLE' }, ['CreateChangeSet', 'ExecuteChangeSet']],
    [
      'that is obsolete is made again',
      { Status: 'CREATE_COMPLETE', ExecutionStatus: 'OBSOLETE' },
      ['CreateChangeSet', 'DeleteChangeSet', 'CreateChangeSet', 'ExecuteChangeSet'],
    ],
  ] as const) {
    test.concurrent(`a change set ${title}`, async () => {
      const stack = { status: 'REVIEW_IN_PROGRESS', template: '' };
      await withStack({ stack, leftover, courses: [created] }, async ({ run, writes }) => {
        expect((await run('--allow-iam')).outputs).toMatchObject({ status: 'created' });
        expect(writes()).toEqual(calls.map(call => `cloudformation:${call}`));
      });
    });
  }

  test.concurrent('ROLLBACK_COMPLETE is deleted, once rights are allowed, and made anew', async () => {
    const stack = { status: 'ROLLBACK_COMPLETE', template };
    await withStack({ stack, courses: [deleted, created] }, async ({ run, writes }) => {
      expect((await run()).error).toMatchObject({ code: 'PERMISSIONS_CHANGE' });
      expect((await run('--dry-run')).outputs).toMatchObject({ status: 'planned' });
      expect(writes()).toEqual([]);
      expect((await run('--allow-iam')).outputs).toMatchObject({ status: 'created' });
      expect(writes()).toEqual(['DeleteStack', 'CreateChangeSet', 'ExecuteChangeSet'].map(call => `cloudformation:${call}`));
    });
  });

  for (const [status, way] of [
    ['UPDATE_ROLLBACK_FAILED', 'aws cloudformation continue-update-rollback --stack-name shop'],
    ['UPDATE_FAILED', 'aws cloudformation rollback-stack --stack-name shop'],
    ['ROLLBACK_FAILED', 'operation delete'],
    ['DELETE_FAILED', 'operation delete'],
  ] as const) {
    test.concurrent(`${status} says what stands in the way, and the way out`, async () => {
      const events: ScriptedEvent[] = [
        ['stack', status === 'DELETE_FAILED' ? 'DELETE_IN_PROGRESS' : 'UPDATE_IN_PROGRESS'],
        ['stack', status.startsWith('DELETE') ? 'DELETE_IN_PROGRESS' : 'UPDATE_ROLLBACK_IN_PROGRESS'],
        ['PipelineRole', status.startsWith('DELETE') ? 'DELETE_FAILED' : 'UPDATE_FAILED', 'The role is in use.'],
        ['stack', status, 'One failed.'],
      ];
      await withStack({ stack: { status, template, events } }, async ({ run, writes }) => {
        const { exitCode, error } = await run('--allow-iam');
        expect({ exitCode, ...error }).toMatchObject({ exitCode: 1, code: 'STACK_STUCK' });
        expect(error['remedy']).toContain(way);
        expect(error['detail']).toContain('PipelineRole: The role is in use.');
        expect(writes()).toEqual([]);
      });
    });
  }
});

describe('deleting', () => {
  test.concurrent('keeps what holds data, and says how to delete that', async () => {
    await withStack({ stack: { status: 'UPDATE_ROLLBACK_FAILED', template }, courses: [deleted] }, async ({ run }) => {
      const { exitCode, outputs, log } = await run('--operation=delete');
      expect({ exitCode, status: outputs['status'] }).toEqual({ exitCode: 0, status: 'deleted' });
      expect(outputs['changes']).toContain('- AWS::ECR::Repository ImageRepository, the present one is kept in the account');
      expect(log).toContain('aws ecr delete-repository --force --repository-name shop-imagerepository --region us-west-2');
    });
  });

  test.concurrent('what would not be kept needs allow-data-loss', async () => {
    const loose = template.replace('"DeletionPolicy":"RetainExceptOnCreate"', '"DeletionPolicy":"Delete"');
    await withStack({ stack: { status: 'CREATE_COMPLETE', template: loose }, courses: [deleted] }, async ({ run, writes }) => {
      expect((await run('--operation=delete')).error).toMatchObject({ code: 'DATA_LOSS' });
      expect((await run('--operation=delete', '--dry-run')).outputs).toMatchObject({ status: 'planned' });
      expect(writes()).toEqual([]);
      expect((await run('--operation=delete', '--allow-data-loss')).outputs).toMatchObject({ status: 'deleted' });
    });
  });

  test.concurrent('what is not there is done', async () => {
    await withStack({}, async ({ run, writes }) => {
      expect((await run('--operation=delete')).outputs).toMatchObject({ status: 'absent' });
      expect(writes()).toEqual([]);
    });
  });

  test.concurrent('that fails names the resource that would not go', async () => {
    const course: ScriptedEvent[] = [
      ['stack', 'DELETE_IN_PROGRESS'],
      ['PipelineRole', 'DELETE_FAILED', 'Cannot delete entity, must detach all policies first.'],
      ['stack', 'DELETE_FAILED', 'The following resource(s) failed to delete: [PipelineRole].'],
    ];
    await withStack({ stack: { status: 'DELETE_FAILED', template }, courses: [course] }, async ({ run }) => {
      const { error } = await run('--operation=delete');
      expect(error).toMatchObject({ code: 'STACK_FAILED' });
      expect(error['found']).toContain('must detach all policies');
    });
  });
});

describe('AWS', () => {
  test.concurrent('that gives no answer for a while, or limits the rate, is asked again', async () => {
    const fault = (operation: string, count: number) =>
      operation === 'DescribeStackEvents' && count < 3 ? { code: 'Throttling', message: 'Rate exceeded' } : undefined;
    await withStack({ courses: [created], fault }, async ({ run }) => {
      expect((await run('--allow-iam')).outputs).toMatchObject({ status: 'created' });
    });
  });

  test.concurrent('that refuses is told with the right that is missing', async () => {
    const message = 'User: u is not authorized to perform: cloudformation:DescribeStacks on resource: arn:x';
    await withStack({ fault: () => ({ code: 'AccessDenied', message }) }, async ({ run }) => {
      const { error } = await run();
      expect(error).toMatchObject({ code: 'AWS_DENIED', remedy: expect.stringContaining('"cloudformation:DescribeStacks"') });
    });
  });

  test.concurrent('goes on when the time is over, and is followed again', async () => {
    const course = [...created.slice(0, 2), ...created.slice(1, 2)];
    await withStack({ courses: [course] }, async ({ run }) => {
      const { exitCode, error } = await run('--allow-iam', '--timeout=3s');
      expect({ exitCode, ...error }).toMatchObject({
        exitCode: 3,
        code: 'TIMED_OUT',
        remedy: expect.stringContaining('Run the same step again'),
      });
    });
  });

  test('goes on after a cancel, which ends us within a second', async () => {
    await withStack({ courses: [created.slice(0, 2)] }, async ({ command, aws }) => {
      const args = ['provision-pipeline', '--name=shop', '--tool-package=eks-gitops-actions@1.2.3', '--allow-iam'];
      const env = { PATH: dirname(process.execPath), HOME: command.root, TMPDIR: command.root, ...aws.env };
      const running = execa(process.execPath, [bin, ...args], { env, extendEnv: false, reject: false });
      let cancelled = 0;
      for await (const line of running.iterable({ from: 'stderr' })) {
        if (!String(line).includes('CREATE_IN_PROGRESS stack') || cancelled > 0) continue;
        cancelled = performance.now();
        running.kill('SIGINT');
      }
      const { exitCode, stderr } = await running;
      expect(exitCode).toBe(130);
      expect(performance.now() - cancelled).toBeLessThan(10_000);
      expect(stderr).toContain('CloudFormation goes on with the stack shop');
    });
  });
});

function change(Action: string, ResourceType: string, more: object): object {
  const ResourceChange = { Action, LogicalResourceId: 'It', PhysicalResourceId: 'shop-it', ResourceType, ...more };
  return { Type: 'Resource', ResourceChange };
}

/** moto makes the repository, bucket, roles, logs and rule for real, and passes over CodeBuild and CodePipeline. */
test.concurrent("moto's CloudFormation makes the stack, finds nothing to change, and deletes it", async () => {
  const [moto, command] = await Promise.all([startMoto(), makeCommandWorld('provision-pipeline')]);
  const env = { AWS_ENDPOINT_URL: moto.url, AWS_REGION: 'us-west-2', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
  const run = async (...args: string[]) => {
    const { outputs } = await command.run(
      ['--name=shop', '--tool-package=eks-gitops-actions@1.2.3', '--allow-iam', ...args],
      env,
    );
    return outputs['status'];
  };
  const seen = [
    await run('--dry-run'),
    await run(),
    await run(),
    await run('--operation=delete'),
    await run('--operation=delete'),
  ];
  expect(seen).toEqual(['planned', 'created', 'unchanged', 'deleted', 'absent']);
  await Promise.all([moto.stop(), command.remove()]);
});

test('the README lists just the rights that are used', async () => {
  const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8');
  expect([...called].sort()).toEqual([...new Set(readme.match(/\bcloudformation:[A-Z][a-z]\w+/g))].sort());
});
