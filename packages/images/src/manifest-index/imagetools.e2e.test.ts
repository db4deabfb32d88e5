import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  pushSyntheticImage,
  requireTool,
  type Registry as Server,
  type SyntheticImage,
  startRegistry,
} from '@eks-gitops/testbed';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { commitTimeLabel, revisionLabel } from '../labels.ts';
import { parsePlatform } from '../platform.ts';
import { parseRepository, type Repository } from '../reference.ts';
import { openRegistry, type Registry } from '../registry/index.ts';
import { joinImages } from './index.ts';

const revision = 'a'.repeat(40);
const commitTime = '2026-11-23T10:00:00Z';

let server: Server;
let buildx: string;
let dockerConfig: string;
let registry: Registry;
let repository: Repository;
beforeAll(async () => {
  buildx = await requireTool('buildx');
  dockerConfig = await mkdtemp(join(tmpdir(), 'docker-config-'));
  server = await startRegistry();
  registry = openRegistry({ credentials: async () => ({ kind: 'anonymous' }), signal: new AbortController().signal });
  repository = parseRepository(`${server.host}/shop/ui`);
});
afterAll(async () => {
  await registry?.close();
  await server?.stop();
  await rm(dockerConfig, { recursive: true, force: true });
});

/** What `docker buildx imagetools create` would push for the same sources and annotations. */
async function imagetools(sources: readonly string[], annotations: Readonly<Record<string, string>>): Promise<string> {
  const flags = Object.entries(annotations).map(([name, value]) => `--annotation=index:${name}=${value}`);
  const env = { PATH: process.env['PATH'], HOME: dockerConfig, DOCKER_CONFIG: dockerConfig };
  const { stdout } = await promisify(execFile)(buildx, ['imagetools', 'create', '--dry-run', ...flags, ...sources], { env });
  return stdout.trimEnd();
}

const platforms = ['linux/amd64', 'linux/arm64', 'linux/arm/v7'];
const attestedRelease = platforms.map((platform): Partial<SyntheticImage> => ({ platform, attested: true }));

describe('the index is byte for byte what docker buildx imagetools create makes of the same sources', () => {
  test.each<[string, Partial<SyntheticImage>[]]>([
    ['plain images', platforms.map(platform => ({ platform }))],
    ['images with attestations', attestedRelease],
    ['one with and one without attestations', [{ platform: 'linux/arm64', attested: true }, { platform: 'linux/amd64' }]],
    ['a docker image beside an OCI one', [{ platform: 'linux/arm64', format: 'docker' }, { platform: 'linux/amd64' }]],
    ['a single attested image', [{ platform: 'linux/amd64', attested: true }]],
  ])('%s', async (name, images) => {
    const tags = images.map((_, at) => `${name.replaceAll(' ', '-')}-${at}`);
    await Promise.all(
      images.map((image, at) =>
        pushSyntheticImage({ registry, repository, revision, commitTime, platform: '', tag: tags[at] ?? '', ...image }),
      ),
    );
    const { content, tag } = await publish(
      tags,
      images.map(({ platform = '' }) => platform),
    );
    const sources = tags.map(tag => `${repository.registry}/${repository.path}:${tag}`);
    const theirs = await imagetools(sources, {
      [revisionLabel]: revision,
      [commitTimeLabel]: commitTime,
      'org.example.team': 'shop',
    });
    expect(Buffer.from(content.bytes).toString()).toBe(theirs);
    const stored = await registry.getManifest({ ...repository, tag: tag });
    expect(Buffer.from(stored.bytes).toString()).toBe(theirs);
  });
});

async function publish(tags: readonly string[], wanted: readonly string[]) {
  const published = `release-${tags[0]}`;
  const { content } = await joinImages({
    registry,
    repository,
    platforms: wanted.map(parsePlatform),
    selection: { kind: 'references', references: tags.map(tag => ({ ...repository, tag })) },
    tags: [published],
    tagTime: 'commit',
    runTime: new Date(),
    onExistingTag: 'adopt',
    annotations: { 'org.example.team': 'shop' },
    dryRun: false,
    now: new Date(commitTime),
    signal: new AbortController().signal,
    onNotice: () => undefined,
  });
  return { content, tag: published };
}
