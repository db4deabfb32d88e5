import { readFile } from 'node:fs/promises';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { describe, expect } from '@jest/globals';
import { z } from 'zod';
import { withPipeline } from './e2e-world.ts';
import type { Frame, PipelineScript, ScriptedExecution, ScriptedRun } from './scripted-pipeline.ts';

const test = await testNeeding('moto');

const commit = `ac8730e8${'0'.repeat(32)}`;
const newer = `bd9841f9${'1'.repeat(32)}`;
const id = '11111111-1111-4111-8111-111111111111';
const nextId = '22222222-2222-4222-8222-222222222222';
const digest = `sha256:${'a'.repeat(64)}`;
const tag = 'i20261125100000-ac8730e8';

function run(stage: string, action: string, status: ScriptedRun['status'], more: Partial<ScriptedRun> = {}): ScriptedRun {
  const result = { externalExecutionUrl: `https://console.example/${action}` };
  return { id: `00000000-${action}`, stage, action, status, result, ...more };
}

const source = run('Source', 'source', 'Succeeded', { category: 'Source', provider: 'CodeCommit' });
const index = run('Build', 'build_index', 'Succeeded', { variables: { DIGEST: digest, TAG: tag } });
const amd64 = (status: ScriptedRun['status']) => run('Build', 'build_amd64', status);
const arm64 = (status: ScriptedRun['status']) => run('Build', 'build_arm64', status);
const succeeded: Frame = { status: 'Succeeded', runs: [source, amd64('Succeeded'), arm64('Succeeded'), index] };

function execution(...frames: [Frame, ...Frame[]]): ScriptedExecution {
  return { id, commit, frames };
}

const policy = z.array(z.object({ Action: z.union([z.string(), z.array(z.string())]) }));
const ofCommit = [`--revision=${commit}`, '--verify-image=false'];

/** https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineExecutionSummary.html: the newest comes first. */
describe('an execution of a commit', () => {
  test.concurrent('that has ended already gives what it has published, and is read with one look', async () => {
    await withPipeline({ executions: [execution(succeeded)] }, async ({ run: wait, aws }) => {
      const { exitCode, outputs } = await wait(...ofCommit);
      expect({ exitCode, ...outputs }).toMatchObject({
        exitCode: 0,
        'execution-id': id,
        status: 'Succeeded',
        commit,
        digest,
        tag,
      });
      expect(outputs).toMatchObject({
        superseded: 'false',
        url: `https://us-west-2.console.aws.amazon.com/codesuite/codepipeline/pipelines/shop/executions/${id}/timeline?region=us-west-2`,
      });
      expect(aws.calls()).toEqual([
        'codepipeline:ListPipelineExecutions',
        'codepipeline:GetPipelineExecution',
        'codepipeline:ListActionExecutions',
        'codebuild:BatchGetBuilds',
      ]);
    });
  });

  test.concurrent('is told stage by stage and action by action, with links', async () => {
    const frames: [Frame, ...Frame[]] = [
      { status: 'InProgress', runs: [run('Source', 'source', 'InProgress', { category: 'Source', provider: 'CodeCommit' })] },
      { status: 'InProgress', runs: [source, amd64('InProgress'), arm64('Succeeded')] },
      succeeded,
    ];
    await withPipeline({ executions: [execution(...frames)] }, async ({ run: wait }) => {
      const { exitCode, log } = await wait(...ofCommit);
      expect(exitCode).toBe(0);
      const lines = [
        'Stage Source has begun.',
        'Source/source has begun: https://console.example/source',
        'Source/source has succeeded after 30 s: https://console.example/source',
        'Stage Build has begun.',
        'Build/build_amd64 has begun: https://console.example/build_amd64',
        'Stage Source is through.',
        'Build/build_amd64 has succeeded after 30 s',
        `The execution ${id} has ended: Succeeded.`,
      ];
      const places = lines.map(line => log.indexOf(line));
      expect(places).not.toContain(-1);
      expect(places).toEqual([...places].sort((a, b) => a - b));
    });
  });

  test.concurrent('is waited for until it begins', async () => {
    const later = { ...execution(succeeded), listedFrom: 2 };
    const other = { id: nextId, commit: newer, frames: [succeeded] } satisfies ScriptedExecution;
    await withPipeline({ executions: [later, other] }, async ({ run: wait }) => {
      const { exitCode, outputs, log } = await wait(...ofCommit);
      expect({ exitCode, id: outputs['execution-id'] }).toEqual({ exitCode: 0, id });
      expect(log).toContain(`No execution of shop is of commit ${commit} yet.`);
    });
  });

  test.concurrent('that does not begin in time is missed, with what there is', async () => {
    const other = { id: nextId, commit: newer, frames: [succeeded] } satisfies ScriptedExecution;
    await withPipeline({ executions: [other] }, async ({ run: wait }) => {
      const { exitCode, error } = await wait(...ofCommit, '--begin-within=0s');
      expect({ exitCode, ...error }).toMatchObject({ exitCode: 1, code: 'EXECUTION_MISSING' });
      expect(error['found']).toBe(`${nextId} of ${newer} (Succeeded)`);
    });
  });

  /** https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback.html: a rollback has the sources of the execution it goes back to. */
  test.concurrent('is the newest of it, and no rollback to it', async () => {
    const rollback = {
      id: nextId,
      commit,
      frames: [{ status: 'Failed', runs: [] }],
      listed: { executionType: 'ROLLBACK' },
    } as const;
    const older = { id: '33333333-3333-4333-8333-333333333333', commit, frames: [{ status: 'Failed', runs: [] }] } as const;
    await withPipeline({ executions: [rollback, execution(succeeded), older] }, async ({ run: wait }) => {
      const { exitCode, outputs, log } = await wait(...ofCommit);
      expect({ exitCode, id: outputs['execution-id'] }).toEqual({ exitCode: 0, id });
      expect(log).toContain('1 earlier executions are of this commit too');
    });
  });

  /** https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3.html: the revision of an S3 source is a version, not a commit. */
  test.concurrent('of an S3 source is known by the pipeline’s variable', async () => {
    const detail = { variables: [{ name: 'REVISION', resolvedValue: commit }] };
    const listed = { sourceRevisions: [{ actionName: 'source', revisionId: 'null' }] };
    const s3 = { id, frames: [succeeded], detail, listed } satisfies ScriptedExecution;
    await withPipeline({ executions: [s3] }, async ({ run: wait }) => {
      const { exitCode, outputs } = await wait(...ofCommit);
      expect({ exitCode, commit: outputs['commit'], digest: outputs['digest'] }).toEqual({ exitCode: 0, commit, digest });
    });
  });

  test.concurrent('may be named by its id, and then has to be of the commit where one is given', async () => {
    await withPipeline({ executions: [execution(succeeded)] }, async ({ run: wait }) => {
      const [named, mistaken, unknown] = await Promise.all([
        wait(`--execution-id=${id}`, '--verify-image=false'),
        wait(`--execution-id=${id}`, `--revision=${newer}`),
        wait(`--execution-id=${nextId}`),
      ]);
      expect(named).toMatchObject({ exitCode: 0, outputs: { commit, digest } });
      expect(mistaken).toMatchObject({ exitCode: 1, error: { code: 'EXECUTION_UNEXPECTED', expected: newer, found: commit } });
      expect(unknown).toMatchObject({ exitCode: 1, error: { code: 'EXECUTION_MISSING' } });
    });
  });
});

const failedBuild = {
  id: 'shop-build_arm64:00000000-build_arm64',
  // https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetBuilds.html, API_PhaseContext.html; the words are those of builds’ logs
  phases: [
    { phaseType: 'INSTALL', phaseStatus: 'SUCCEEDED' },
    {
      phaseType: 'BUILD',
      phaseStatus: 'FAILED',
      endTime: new Date('2026-11-25T10:01:00Z'),
      contexts: [
        {
          statusCode: 'COMMAND_EXECUTION_ERROR',
          message: 'Error while executing command: npx -y eks-gitops build-arch-image "--image=$IMAGE". Reason: exit status 1',
        },
      ],
    },
  ],
  logs: { groupName: '/aws/codebuild/shop-arm64', streamName: 'b1' },
};

describe('an action that fails', () => {
  const runs = [source, amd64('InProgress'), arm64('Failed')];
  const failing: PipelineScript = {
    executions: [
      execution(
        { status: 'InProgress', runs: [source, amd64('InProgress'), arm64('InProgress')] },
        { status: 'InProgress', runs },
      ),
    ],
    builds: [failedBuild],
    logs: {
      b1: [
        ...Array.from({ length: 60 }, (_, line) => `line ${line + 1}`),
        'ERROR: process "/bin/sh -c make" did not complete: exit code: 2',
      ],
    },
  };

  test.concurrent('ends it at once with phase, command, exit code and the end of the log, while others go on', async () => {
    await withPipeline(failing, async ({ run: wait }) => {
      const { exitCode, error } = await wait(...ofCommit);
      expect({ exitCode, ...error }).toMatchObject({ exitCode: 1, code: 'PIPELINE_FAILED' });
      expect(error['message']).toBe(
        `Build/build_arm64 has failed in the execution ${id} of shop: the phase BUILD failed: npx -y eks-gitops build-arch-image "--image=$IMAGE" ended with exit code 1.`,
      );
      expect(error['detail']).toMatch(/^line 22\n[\s\S]*exit code: 2$/);
      expect(error['remedy']).toContain('https://console.example/build_arm64');
    });
  });

  test.concurrent('is told without what may not be read', async () => {
    const fault = (operation: string) =>
      ['GetPipelineState', 'GetPipeline'].includes(operation) ? { code: 'AccessDeniedException', message: 'no' } : undefined;
    await withPipeline({ ...failing, logs: {}, fault }, async ({ run: wait }) => {
      const { exitCode, error, log } = await wait(...ofCommit);
      expect({ exitCode, code: error['code'], detail: error['detail'] }).toEqual({
        exitCode: 1,
        code: 'PIPELINE_FAILED',
        detail: undefined,
      });
      expect(log).toContain('could not read the log b1 of /aws/codebuild/shop-arm64');
    });
  });

  /** https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals.html */
  test.concurrent('is told in the provider’s own words where no build belongs to it', async () => {
    const result = { externalExecutionSummary: 'Rejected by arn:aws:iam::123456789012:user/ann: not today' };
    const approval = run('Deploy', 'approve', 'Failed', { category: 'Approval', provider: 'Manual', result });
    await withPipeline({ executions: [execution({ status: 'Failed', runs: [source, approval] })] }, async ({ run: wait }) => {
      const { error } = await wait(...ofCommit);
      expect(error).toMatchObject({ code: 'PIPELINE_FAILED', found: result.externalExecutionSummary });
    });
  });

  /** https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-conditions.html */
  test.concurrent('is not needed for a failure: a condition of a stage is enough', async () => {
    const ruleStates = [
      { ruleName: 'window', latestExecution: { status: 'Failed', summary: 'outside of the deployment window' } },
    ];
    const stage = {
      stageName: 'Deploy',
      latestExecution: { pipelineExecutionId: id, status: 'Failed' },
      beforeEntryConditionState: { latestExecution: { status: 'Failed' }, conditionStates: [{ ruleStates }] },
    };
    await withPipeline(
      { executions: [execution({ status: 'Failed', runs: [source], stages: [stage] })] },
      async ({ run: wait }) => {
        const { error } = await wait(...ofCommit);
        expect(error).toMatchObject({ code: 'PIPELINE_FAILED', found: 'window: outside of the deployment window' });
        expect(error['message']).toContain('in the stage Deploy');
      },
    );
  });

  /** https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-retry.html: the failed actions get new runs, in the same execution. */
  test.concurrent('and whose stage is tried again by its own rule is followed on', async () => {
    const again = run('Build', 'build_arm64', 'Succeeded', { id: '00000000-second' });
    const retried = { stageName: 'Build', latestExecution: { pipelineExecutionId: id, status: 'InProgress' } };
    const frames: [Frame, ...Frame[]] = [
      { status: 'InProgress', runs: [source, amd64('Succeeded'), arm64('Failed')], stages: [retried] },
      { ...succeeded, runs: [source, amd64('Succeeded'), arm64('Failed'), again, index] },
    ];
    const build = {
      name: 'Build',
      actions: [],
      onFailure: { result: 'RETRY', retryConfiguration: { retryMode: 'FAILED_ACTIONS' } },
    };
    await withPipeline({ executions: [execution(...frames)], stages: [build] }, async ({ run: wait }) => {
      const { exitCode, log } = await wait(...ofCommit);
      expect(exitCode).toBe(0);
      expect(log).toContain('The stage Build is to be tried again.');
      expect(log).toContain('Build/build_arm64, tried again, has succeeded');
    });
  });
});

describe('an execution', () => {
  /** https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html, "How executions are processed in a SUPERSEDED mode" */
  const superseded: PipelineScript = {
    executions: [
      {
        id: nextId,
        commit: newer,
        frames: [{ status: 'Succeeded', runs: [source, { ...index, variables: { DIGEST: digest, TAG: 'newer' } }] }],
      },
      { id: '33333333-3333-4333-8333-333333333333', commit: newer, frames: [{ status: 'Superseded', runs: [] }] },
      execution({ status: 'InProgress', runs: [source] }, { status: 'Superseded', runs: [source] }),
    ],
  };

  test.concurrent('that is superseded leads to the one that has overtaken it, or is success, or failure', async () => {
    await withPipeline(superseded, async ({ run: wait }) => {
      const followed = await wait(...ofCommit);
      expect(followed).toMatchObject({
        exitCode: 0,
        outputs: { 'execution-id': nextId, superseded: 'true', commit: newer, tag: 'newer' },
      });
      expect(followed.log).toContain(`was superseded by ${nextId} of commit ${newer}, which is followed now.`);
      const [fine, failed] = [
        await wait(...ofCommit, '--on-superseded=succeed'),
        await wait(...ofCommit, '--on-superseded=fail'),
      ];
      expect(fine).toMatchObject({
        exitCode: 0,
        outputs: { 'execution-id': id, status: 'Superseded', superseded: 'true', digest: '' },
      });
      expect(failed).toMatchObject({
        exitCode: 1,
        error: { code: 'PIPELINE_SUPERSEDED', found: `${nextId} of commit ${newer}` },
      });
    });
  });

  /** https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-stop.html */
  test.concurrent('that is being stopped is followed until it has stopped, and then failed with the reason', async () => {
    const stopped = {
      ...execution(
        { status: 'Stopping', runs: [source, amd64('InProgress')] },
        { status: 'Stopped', runs: [source, amd64('Abandoned')] },
      ),
      listed: { stopTrigger: { reason: 'wrong branch' } },
    };
    await withPipeline({ executions: [stopped] }, async ({ run: wait }) => {
      const { exitCode, error, log } = await wait(...ofCommit);
      expect({ exitCode, ...error }).toMatchObject({ exitCode: 1, code: 'PIPELINE_STOPPED', found: 'wrong branch' });
      expect(log).toContain('The execution is being stopped.');
      expect(log).toContain('Build/build_amd64 was abandoned');
    });
  });

  /** API_PipelineExecution.html: "The pipeline's definition was updated before the pipeline execution could be completed." */
  test.concurrent('that is cancelled by a change of the pipeline is a failure that says so', async () => {
    await withPipeline({ executions: [execution({ status: 'Cancelled', runs: [source] })] }, async ({ run: wait }) => {
      const { error } = await wait(...ofCommit);
      expect(error).toMatchObject({
        code: 'PIPELINE_STOPPED',
        likely: 'the definition of the pipeline was changed while it ran',
      });
    });
  });

  /** https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals.html; in SUPERSEDED and QUEUED mode a stage holds one execution. */
  test.concurrent('that waits, for an approval, before a stage that is taken or closed, says for what', async () => {
    const approve = (status: ScriptedRun['status']) =>
      run('Deploy', 'approve', status, { category: 'Approval', provider: 'Manual' });
    const taken = {
      stageName: 'Build',
      inboundExecutions: [{ pipelineExecutionId: id, status: 'InProgress' }],
      latestExecution: { pipelineExecutionId: nextId, status: 'InProgress' },
    };
    const closed = {
      ...taken,
      // https://docs.aws.amazon.com/codepipeline/latest/userguide/transitions.html
      inboundTransitionState: { enabled: false, lastChangedBy: 'ann', disabledReason: 'freeze' },
    };
    const waiting: Frame = { status: 'InProgress', runs: [source], stages: [taken] };
    const frames: [Frame, ...Frame[]] = [
      waiting,
      waiting,
      { ...waiting, stages: [closed] },
      { status: 'InProgress', runs: [source, approve('InProgress')] },
      { ...succeeded, runs: [source, approve('Succeeded'), index] },
    ];
    await withPipeline({ executions: [execution(...frames)] }, async ({ run: wait }) => {
      const { exitCode, log } = await wait(...ofCommit);
      expect(exitCode).toBe(0);
      expect(log).toContain(`It waits before the stage Build: the execution ${nextId} is in it.`);
      expect(log).toContain('It waits before the stage Build, whose inbound transition was disabled by ann: freeze.');
      expect(log).toContain('Deploy/approve waits for an approval: https://console.example/approve');
    });
  });

  test.concurrent('that takes too long ends the wait with exit code 3 and what it waits for', async () => {
    await withPipeline(
      { executions: [execution({ status: 'InProgress', runs: [source, amd64('InProgress')] })] },
      async ({ run: wait }) => {
        const { exitCode, error } = await wait(...ofCommit, '--timeout=4s');
        expect({ exitCode, ...error }).toMatchObject({ exitCode: 3, code: 'TIMED_OUT', found: 'Build/build_amd64 in progress' });
      },
    );
  });
});

test.concurrent('a signal ends the wait within a second', async () => {
  const going = execution({ status: 'InProgress', runs: [source, amd64('InProgress')] });
  await withPipeline({ executions: [going] }, async ({ start }) => {
    const waiting = start(...ofCommit);
    let sent = 0;
    for await (const line of waiting.lines) {
      if (!line.includes('build_amd64 has begun')) continue;
      sent = Date.now();
      waiting.kill('SIGTERM');
    }
    expect(await waiting.exitCode).toBe(130);
    expect(Date.now() - sent).toBeLessThan(10_000);
  });
});

test.concurrent('the rights that the README lists are just those that the calls need', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const statements = policy.parse(JSON.parse(/```json\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''));
  const called = new Set<string>();
  const failed = { status: 'Failed', runs: [source, arm64('Failed')] } as const;
  const script = {
    executions: [execution({ status: 'InProgress', runs: [source] }, failed)],
    builds: [failedBuild],
    logs: { b1: ['line'] },
  };
  await withPipeline(script, async ({ run: wait, aws }) => {
    for (const more of [[], ['--start']])
      expect(await wait(...ofCommit, ...more)).toMatchObject({ error: { code: 'PIPELINE_FAILED' } });
    for (const call of aws.calls()) called.add(call);
  });
  expect(statements.flatMap(({ Action }) => Action).sort()).toEqual([...called].sort());
});

describe('the API', () => {
  test.concurrent('may throttle: then it is asked more slowly', async () => {
    // The SDK itself tries three times.
    const fault = (operation: string, count: number) =>
      operation === 'GetPipelineExecution' && count <= 3 ? { code: 'ThrottlingException', message: 'Rate exceeded' } : undefined;
    await withPipeline({ executions: [execution(succeeded)], fault }, async ({ run: wait }) => {
      const { exitCode, log } = await wait(...ofCommit);
      expect(exitCode).toBe(0);
      expect(log).toContain('AWS limits the rate of requests');
    });
  });

  test.concurrent('may refuse: the missing right is named', async () => {
    const fault = () => ({ code: 'AccessDeniedException', message: 'User: u is not authorized' });
    await withPipeline({ executions: [], fault }, async ({ run: wait }) => {
      const { exitCode, error } = await wait(...ofCommit);
      expect({ exitCode, code: error['code'] }).toEqual({ exitCode: 1, code: 'AWS_DENIED' });
      expect(error['remedy']).toContain(
        '"Action": "codepipeline:ListPipelineExecutions", "Resource": "arn:aws:codepipeline:us-west-2:*:shop"',
      );
    });
  });

  test.concurrent('is asked as the role that is given', async () => {
    await withPipeline({ executions: [execution(succeeded)] }, async ({ run: wait, aws }) => {
      const { exitCode } = await wait(...ofCommit, '--role-to-assume=arn:aws:iam::123456789012:role/deploy');
      expect(exitCode).toBe(0);
      expect(aws.calls().slice(0, 2)).toEqual(['sts:AssumeRole', 'codepipeline:ListPipelineExecutions']);
    });
  });

  test.concurrent('knows no such pipeline', async () => {
    const fault = () => ({ code: 'PipelineNotFoundException', message: 'no shop' });
    await withPipeline({ executions: [], fault }, async ({ run: wait }) => {
      expect(await wait(...ofCommit)).toMatchObject({ exitCode: 1, error: { code: 'PIPELINE_NOT_FOUND' } });
    });
  });
});

describe('start: true', () => {
  /** https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-trigger-source-overrides.html */
  test.concurrent('starts one for the commit, with a token that is the same for the same step', async () => {
    await withPipeline({ executions: [execution(succeeded)] }, async ({ run: wait, started, aws }) => {
      const args = [...ofCommit, '--start', '--client-token=deploy-7'];
      const runs = [await wait(...args), await wait(...args), await wait(...ofCommit, '--start')];
      expect(runs.map(({ exitCode, outputs }) => [exitCode, outputs['execution-id']])).toEqual(Array(3).fill([0, id]));
      const [first, second, third] = started();
      expect(first).toMatchObject({
        name: 'shop',
        sourceRevisions: [{ actionName: 'source', revisionType: 'COMMIT_ID', revisionValue: commit }],
      });
      expect(second).toEqual(first);
      expect(third?.['clientRequestToken']).not.toBe(first?.['clientRequestToken']);
      expect(aws.calls()).not.toContain('codepipeline:ListPipelineExecutions');
    });
  });

  test.concurrent('gives an S3 pipeline commit and time as its variables', async () => {
    const actionTypeId = { category: 'Source', owner: 'AWS', provider: 'S3', version: '1' };
    const stages = [{ name: 'Source', actions: [{ name: 'source', actionTypeId }] }];
    const variables = [{ name: 'REVISION' }, { name: 'COMMIT_TIME' }];
    const s3 = {
      id,
      frames: [succeeded],
      detail: { variables: [{ name: 'REVISION', resolvedValue: commit }] },
    } satisfies ScriptedExecution;
    await withPipeline({ executions: [s3], stages, variables }, async ({ run: wait, started }) => {
      const timed = await wait(...ofCommit, '--start', '--commit-time=2026-11-25T09:59:00Z', '--variables=MORE=1');
      expect(timed.exitCode).toBe(0);
      expect(started()[0]?.['variables']).toEqual([
        { name: 'REVISION', value: commit },
        { name: 'COMMIT_TIME', value: '2026-11-25T09:59:00Z' },
        { name: 'MORE', value: '1' },
      ]);
      expect(await wait(...ofCommit, '--start')).toMatchObject({
        exitCode: 2,
        error: { code: 'INPUT_MISSING', expected: 'commit-time' },
      });
    });
  });

  test.concurrent('is told when it is refused', async () => {
    const fault = (operation: string) =>
      operation === 'StartPipelineExecution'
        ? { code: 'ConcurrentPipelineExecutionsLimitExceededException', message: 'too many' }
        : undefined;
    await withPipeline({ executions: [], fault }, async ({ run: wait }) => {
      expect(await wait(...ofCommit, '--start')).toMatchObject({
        exitCode: 1,
        error: { code: 'PIPELINE_REFUSED', found: 'too many' },
      });
    });
  });
});
