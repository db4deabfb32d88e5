import { parseRecord } from '@eks-gitops/action';
import { parsePlatform, parseRepository } from '@eks-gitops/images';
import { type Descriptor, digestOf, mediaTypes, openRegistry } from '@eks-gitops/images/registry';
import { pushSyntheticImage, type Registry, startRegistry } from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { withPipeline } from './e2e-world.ts';
import type { PipelineScript } from './scripted-pipeline.ts';

const test = await testNeeding('moto', 'docker-registry');

const id = '11111111-1111-4111-8111-111111111111';
const commit = `ac8730e8${'0'.repeat(32)}`;
const commitTime = '2026-11-25T10:00:00Z';
const tag = 'i20261125100000-ac8730e8';
const platforms = ['linux/amd64', 'linux/arm64'];
const buildId = 'shop-index:1';

let registry: Registry;
let name = '';
let digest: Descriptor['digest'];

beforeAll(async () => {
  registry = await startRegistry();
  name = `${registry.host}/shop/ui`;
  digest = await pushIndex();
});
afterAll(() => registry.stop());

/** As push-manifest-index publishes it. */
async function pushIndex(): Promise<Descriptor['digest']> {
  const client = openRegistry({ credentials: async () => ({ kind: 'anonymous' }), signal: AbortSignal.timeout(30_000) });
  const repository = parseRepository(name);
  const about = { registry: client, repository, revision: commit, commitTime };
  const manifests: object[] = [];
  for (const platform of platforms) {
    const image = await pushSyntheticImage({ ...about, platform });
    const { bytes, mediaType } = await client.getManifest({ ...repository, digest: image.digest });
    manifests.push({ mediaType, digest: image.digest, size: bytes.length, platform: parsePlatform(platform) });
  }
  const annotations = { 'org.opencontainers.image.revision': commit, 'eks-gitops.commit-time': commitTime };
  const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests, annotations };
  const bytes = Buffer.from(JSON.stringify(index));
  await client.putManifest({ reference: { ...repository, tag }, mediaType: mediaTypes.ociIndex, bytes, tries: 'repeated' });
  await client.close();
  return digestOf(bytes);
}

interface Told {
  readonly variables?: Readonly<Record<string, string>>;
  readonly action?: string;
  readonly of?: string;
  readonly image?: string;
}

/** An execution that has ended, and has told of an image. */
function told({
  variables = { DIGEST: digest, TAG: tag },
  action = 'build_index',
  of = commit,
  image = name,
}: Told = {}): PipelineScript {
  const index = {
    id: '1',
    stage: 'Build',
    action,
    status: 'Succeeded',
    variables,
    result: { externalExecutionId: buildId },
  } as const;
  const environmentVariables = [{ name: 'IMAGE', value: image, type: 'PLAINTEXT' }];
  const environment = {
    type: 'LINUX_CONTAINER',
    image: 'aws/codebuild/standard:7.0',
    computeType: 'BUILD_GENERAL1_SMALL',
    environmentVariables,
  };
  return {
    executions: [{ id, commit: of, frames: [{ status: 'Succeeded', runs: [index] }] }],
    builds: [{ id: buildId, environment }],
  };
}

test('what the pipeline tells is read again from the registry that its build was given, and becomes the record', async () => {
  await withPipeline(told(), async ({ run }) => {
    const { exitCode, outputs, log } = await run(`--execution-id=${id}`);
    expect({ exitCode, ...outputs }).toMatchObject({ exitCode: 0, digest, tag, image: `${name}:${tag}@${digest}` });
    expect(parseRecord(outputs['record'] ?? '')).toEqual({
      schema: 1,
      image: name,
      revision: commit,
      commitTime,
      builds: [],
      index: { digest, tag, platforms },
    });
    expect(log).toContain(`${name}:${tag} is the index ${digest} of linux/amd64, linux/arm64, of commit ${commit}`);
  });
});

test('a pipeline of somebody else is asked by the names that its action and variables have', async () => {
  await withPipeline(
    told({ action: 'publish', variables: { IMAGE_DIGEST: digest, IMAGE_TAG: tag }, image: 'else.example/x' }),
    async ({ run }) => {
      const names = [
        '--index-action=Build/publish',
        '--digest-variable=IMAGE_DIGEST',
        '--tag-variable=IMAGE_TAG',
        `--image=${name}`,
      ];
      expect(await run(`--execution-id=${id}`, ...names)).toMatchObject({ exitCode: 0, outputs: { digest, tag } });
      const wrong = await run(`--execution-id=${id}`, '--index-action=Build/other');
      expect(wrong).toMatchObject({
        exitCode: 1,
        error: { code: 'PIPELINE_OUTPUT_MISSING', found: 'Build/publish (IMAGE_DIGEST, IMAGE_TAG)' },
      });
      const none = await run(`--execution-id=${id}`);
      expect(none).toMatchObject({ exitCode: 0, outputs: { status: 'Succeeded', digest: '', record: '' } });
      expect(none.log).toContain('does not tell which image it has published');
    },
  );
});

test('an image that is not the one that the pipeline tells, or of another commit, fails', async () => {
  const other = `sha256:${'e'.repeat(64)}`;
  await withPipeline(told({ variables: { DIGEST: other, TAG: tag } }), async ({ run }) => {
    expect(await run(`--execution-id=${id}`)).toMatchObject({
      exitCode: 1,
      error: { code: 'IMAGE_UNEXPECTED', expected: other },
    });
  });
  await withPipeline(told({ of: 'f'.repeat(40) }), async ({ run }) => {
    const { exitCode, error } = await run(`--execution-id=${id}`);
    expect({ exitCode, ...error }).toMatchObject({ exitCode: 1, code: 'IMAGE_UNEXPECTED', expected: `commit ${'f'.repeat(40)}` });
  });
});

test('a registry that cannot be asked leaves the image unverified with a notice, unless it has to be verified', async () => {
  await withPipeline(told({ image: 'localhost:1/shop/ui' }), async ({ run }) => {
    const [auto, strict] = [await run(`--execution-id=${id}`), await run(`--execution-id=${id}`, '--verify-image=true')];
    expect(auto).toMatchObject({
      exitCode: 0,
      outputs: { digest, tag, image: `localhost:1/shop/ui:${tag}@${digest}`, record: '' },
    });
    expect(auto.log).toContain('so it is not verified');
    expect(strict).toMatchObject({ exitCode: 1, error: { code: 'REGISTRY_UNREACHABLE' } });
  });
});
