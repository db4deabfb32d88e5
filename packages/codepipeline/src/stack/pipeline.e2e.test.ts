import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ActionRun,
  type AwsCall,
  apiCall,
  type Execution,
  gitCall,
  registryCalls,
  roleStatements,
  statementsAllow,
} from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { afterAll, beforeAll, expect, jest } from '@jest/globals';
import { z } from 'zod';
import { actionNames, recordFile, stageNames } from '../names.ts';
import { place } from './e2e-machine.ts';
import { dockerfile } from './e2e-source.ts';
import { imageRepository, makePipelineWorld, type PipelineWorld } from './e2e-world.ts';

const building = ['buildx', 'buildkitd', 'runc', 'busybox-amd64', 'busybox-arm64', 'qemu-aarch64'] as const;
const testPipeline = await testNeeding('sandbox', 'docker-registry', 'moto', ...building);

jest.setTimeout(300_000);

let world: PipelineWorld;
let broken: Execution;
let retried: Execution;
let commit: string;

/** One push, whose index build has no role at first; then all of the stage is run once more. */
beforeAll(async () => {
  world = await makePipelineWorld();
  world.withoutRole.add('shop-index');
  const pushed = await world.push({ files: {}, heardBy: world.pipeline });
  if (pushed.execution === undefined) throw new Error('The push has started nothing.');
  world.withoutRole.clear();
  broken = pushed.execution;
  commit = pushed.commit;
  retried = await world.pipeline.retryStage({ execution: broken, actions: 'ALL_ACTIONS' });
});
afterAll(() => world?.stop());

function digests(execution: Execution): (string | undefined)[] {
  return [actionNames.amd64, actionNames.arm64].map(name => execution.action(name).outputVariables['DIGEST']);
}

testPipeline('simulated: a git push builds both architectures side by side, at the commit that was pushed', () => {
  const [amd64, arm64] = [broken.action(actionNames.amd64), broken.action(actionNames.arm64)];
  expect(broken.action(actionNames.source).outputVariables).toMatchObject({ CommitId: commit, BranchName: 'main' });
  expect([amd64.status, arm64.status]).toEqual(['Succeeded', 'Succeeded']);
  expect(Math.max(amd64.startedAt, arm64.startedAt)).toBeLessThan(Math.min(amd64.endedAt, arm64.endedAt));
  expect(arm64.outputVariables).toEqual({
    PLATFORM: 'linux/arm64',
    DIGEST: expect.stringMatching(/^sha256:/),
    STAGING_TAG: expect.stringMatching(new RegExp(`^build-${broken.id}-[0-9a-f]{8}-1-arm64$`)),
  });
  expect(arm64.build?.log).toContain('linux/arm64 is emulated');
});

testPipeline('simulated: an index build whose role is gone says so, and fails the stage', () => {
  const { build, summary, outputVariables } = broken.action(actionNames.index);
  expect(broken).toMatchObject({ status: 'Failed', failedStage: stageNames.build });
  expect(build?.log).toContain('code: ECR_LOGIN_FAILED');
  expect(summary).toMatch(/^COMMAND_EXECUTION_ERROR: [\s\S]* Reason: exit status 1$/);
  expect(outputVariables).toEqual({});
});

testPipeline(
  'simulated: the stage that is retried finds its own images under tags that cannot move, and publishes their index',
  async () => {
    expect(retried).toMatchObject({ status: 'Succeeded', id: broken.id });
    const { outputVariables, startedAt, artifact } = retried.action(actionNames.index);
    expect(startedAt).toBeGreaterThan(
      Math.max(...[actionNames.amd64, actionNames.arm64].map(name => retried.action(name).endedAt)),
    );
    expect(outputVariables).toEqual({
      DIGEST: expect.any(String),
      TAG: expect.stringMatching(new RegExp(`^i\\d{14}-${commit.slice(0, 8)}$`)),
    });
    const index = await readIndex(outputVariables['TAG'] ?? '');
    expect(index.digest).toBe(outputVariables['DIGEST']);
    const images = index.manifests.filter(({ platform }) => platform.architecture !== 'unknown');
    expect(images.map(({ digest, platform }) => [platform.architecture, digest])).toEqual([
      ['amd64', digests(retried)[0]],
      ['arm64', digests(retried)[1]],
    ]);
    expect(digests(retried)).toEqual(digests(broken));
    if (artifact?.kind !== 'files') throw new Error('The index build has no artifact.');
    const record: unknown = JSON.parse(await readFile(join(artifact.folder, recordFile), 'utf8'));
    expect(record).toMatchObject({ revision: commit, index: { digest: index.digest, tag: outputVariables['TAG'] } });
  },
);

testPipeline(
  'simulated: the buildspec of the index outside a pipeline finds the images of a run by their staging tags',
  async () => {
    const image = `${world.ecr.host}/${imageRepository}`;
    const { status, exported } = await world.runIndexAlone({ IMAGE: image, RUN_ID: retried.id, CONTEXT: 'src/ui' });
    expect({ status, exported }).toEqual({ status: 'SUCCEEDED', exported: retried.action(actionNames.index).outputVariables });
  },
);

testPipeline(
  'simulated: with the tool from a bucket, a Dockerfile that fails on one architecture is told with its step, and no index is made',
  async () => {
    const failing = `${dockerfile}RUN ["/bin/busybox", "sh", "-c", "[ $(/bin/busybox uname -m) = x86_64 ] || { echo no such page; exit 7; }"]\n`;
    const { execution } = await world.push({ files: { 'src/ui/Dockerfile': failing }, heardBy: world.withToolInBucket });
    expect(execution).toMatchObject({ status: 'Failed', failedStage: stageNames.build });
    expect(execution?.action(actionNames.amd64).status).toBe('Succeeded');
    const arm64 = execution?.action(actionNames.arm64);
    expect(arm64).toMatchObject({ status: 'Failed', summary: expect.stringMatching(/exit status 1$/) });
    expect(arm64?.build?.phases.map(({ type, status }) => `${type} ${status}`)).toContain('BUILD FAILED');
    expect(arm64?.build?.log).toMatch(/no such page[\s\S]*exit code: 7[\s\S]*code: BUILD_FAILED/);
    expect(execution?.actions.map(({ name }) => name)).not.toContain(actionNames.index);
  },
);

testPipeline('simulated: a push to another branch starts nothing', async () => {
  expect(await world.push({ files: {}, branch: 'feature', heardBy: world.pipeline })).toMatchObject({ execution: undefined });
});

/** Rights that CodeBuild itself uses, outside the build: what is called with them cannot be recorded here. */
const usedByCodeBuild: Readonly<Record<string, string>> = {
  'logs:CreateLogStream': 'writes the log',
  'logs:PutLogEvents': 'writes the log',
  's3:GetObject': 'fetches the input artifacts',
  's3:GetObjectVersion': 'fetches the input artifacts',
  's3:PutObject': 'uploads the output artifact',
  's3:GetBucketAcl': 'checks that the bucket is still its owner’s',
  's3:GetBucketLocation': 'finds the bucket',
};

for (const names of [[actionNames.amd64, actionNames.arm64], [actionNames.index]] as const) {
  testPipeline(`the roles of ${names.join(' and ')} allow every call that was made, and nothing that is not called`, () => {
    const runs = [broken, retried].flatMap(execution => names.map(name => execution.action(name)));
    const calls = callsOf(runs);
    for (const { project } of runs) {
      const statements = roleStatements(world.pipeline.stack, project?.ServiceRole ?? '');
      expect(calls.filter(call => !statementsAllow(statements, call))).toEqual([]);
      const called = new Set([...calls.map(({ action }) => action), ...Object.keys(usedByCodeBuild)]);
      expect(statements.flatMap(({ actions }) => actions).filter(action => !called.has(action))).toEqual([]);
    }
  });
}

/** Used by AWS's services alone, whose calls cannot be recorded: rights.test.ts lists what they allow, from AWS's pages. */
const serviceRoles = ['PipelineRole', 'ChangeRole'];

testPipeline('every role of the stack is one of those, or used by a service alone', () => {
  const held = ['Amd64Role', 'Arm64Role', 'IndexRole'];
  const roles = world.pipeline.stack.resources('AWS::IAM::Role').map(({ id }) => id);
  expect(roles.sort()).toEqual([...held, ...serviceRoles].sort());
});

/** What came over the wire while the actions ran. Of what ran side by side, only the API's calls tell whose they are. */
function callsOf(runs: readonly ActionRun[]): AwsCall[] {
  const during = ({ startedAt: at }: { readonly startedAt: number }): boolean =>
    runs.some(({ startedAt, endedAt }) => at >= startedAt && at <= endedAt);
  const { ecr, codecommit } = world;
  return [
    ...ecr
      .registryRequests()
      .filter(during)
      .flatMap(request => registryCalls(request, place)),
    ...ecr
      .apiRequests()
      .filter(during)
      .map(request => apiCall(request, place)),
    ...codecommit
      .requests()
      .filter(during)
      .map(request => gitCall(request, place)),
  ];
}

async function readIndex(tag: string) {
  const { host, login } = world.ecr;
  const authorization = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
  const headers = { authorization, accept: 'application/vnd.oci.image.index.v1+json' };
  const response = await fetch(`https://${host}/v2/${imageRepository}/manifests/${tag}`, { headers });
  const { manifests } = indexDocument.parse(await response.json());
  return { digest: response.headers.get('docker-content-digest'), manifests };
}

const indexDocument = z.object({
  manifests: z.array(z.object({ digest: z.string(), platform: z.object({ architecture: z.string() }) })),
});
