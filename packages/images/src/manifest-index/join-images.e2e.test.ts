import {
  pushSyntheticImage,
  type RecordedRequest,
  type RequestHook,
  requestDepth,
  type SyntheticImage,
  startProxy,
  startRegistry,
} from '@eks-gitops/testbed';
import { afterEach, describe, expect, test } from '@jest/globals';

import { parsePlatform } from '../platform.ts';
import { parseRepository, type Repository } from '../reference.ts';
import { mediaTypes, openRegistry, parseManifest, type Registry } from '../registry/index.ts';
import { releaseTag, stagingTag } from '../tag.ts';
import { defaultTags, type JoinRequest, joinImages } from './index.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map(stop => stop()));
});

interface Commit {
  readonly revision: string;
  readonly commitTime: string;
}

const commit: Commit = { revision: 'a'.repeat(40), commitTime: '2026-11-23T10:00:00Z' };
const newer: Commit = { revision: 'b'.repeat(40), commitTime: '2026-11-23T11:00:00Z' };
const older: Commit = { revision: 'c'.repeat(40), commitTime: '2026-11-23T09:00:00Z' };
const tagOf = ({ revision, commitTime }: Commit) => releaseTag({ revision, time: new Date(commitTime) });
const both = ['linux/amd64', 'linux/arm64'];
const eight = [...both, 'linux/arm/v7', 'linux/arm/v6', 'linux/s390x', 'linux/ppc64le', 'linux/riscv64', 'linux/386'];

interface World {
  /** What the tests do by themselves, past the proxy. */
  readonly direct: Registry;
  readonly home: Repository;
  /** What is tested, through the proxy. */
  readonly registry: Registry;
  readonly repository: Repository;
  readonly requests: () => readonly RecordedRequest[];
  readonly clear: () => void;
}

async function start({
  immutable = false,
  onRequest,
}: {
  immutable?: boolean;
  onRequest?: (world: () => World) => RequestHook;
} = {}): Promise<World> {
  const server = await startRegistry({ immutable });
  let world: World | undefined;
  const current = () => {
    if (world === undefined) throw new Error('a request came too early');
    return world;
  };
  const proxy = await startProxy({ target: server.url, ...(onRequest ? { onRequest: onRequest(current) } : {}) });
  const open = () =>
    openRegistry({
      credentials: async () => ({ kind: 'anonymous' }),
      signal: new AbortController().signal,
      retryDelays: [10, 20],
    });
  const [direct, registry] = [open(), open()];
  stops.push(direct.close, registry.close, proxy.stop, server.stop);
  const withoutPings = () => proxy.requests().filter(({ path }) => path !== '/v2/');
  world = {
    direct,
    home: parseRepository(`${server.host}/shop/ui`),
    registry,
    repository: parseRepository(`${proxy.host}/shop/ui`),
    requests: withoutPings,
    clear: proxy.clear,
  };
  return world;
}

interface Stage extends Commit, Partial<Omit<SyntheticImage, 'revision' | 'commitTime'>> {
  readonly platforms?: readonly string[];
  readonly attempt?: number;
}

async function stage({ direct, home }: World, { platforms = both, attempt = 1, ...image }: Stage) {
  return Promise.all(
    platforms.map(platform =>
      pushSyntheticImage({
        registry: direct,
        repository: home,
        platform,
        tag: stagingTag({ runId: '7', scope: 'ab', attempt, platform: parsePlatform(platform) }),
        content: `attempt ${attempt}`,
        ...image,
      }),
    ),
  );
}

async function join(
  { registry, repository }: World,
  request: Partial<Omit<JoinRequest, 'platforms'>> & { platforms?: readonly string[]; attempt?: number } = {},
) {
  const { platforms = both, attempt = 1, ...rest } = request;
  const notices: string[] = [];
  const result = await joinImages({
    registry,
    repository,
    selection: { kind: 'staged', runId: '7', scope: 'ab', attempt },
    tags: defaultTags,
    tagTime: 'commit',
    runTime: new Date('2026-11-23T12:00:00Z'),
    onExistingTag: 'adopt',
    annotations: {},
    dryRun: false,
    now: new Date('2026-11-23T12:00:00Z'),
    signal: new AbortController().signal,
    onNotice: notice => notices.push(notice),
    ...rest,
    platforms: platforms.map(parsePlatform),
  });
  return { ...result, notices };
}

async function held({ direct, home }: World, tag: string) {
  return (await direct.findManifest({ ...home, tag }))?.digest;
}

async function imagesIn({ direct, home }: World, tag: string) {
  const content = await direct.getManifest({ ...home, tag });
  const document = parseManifest({ ...content, subject: tag });
  const manifests = document.kind === 'index' ? document.index.manifests : [];
  await Promise.all(manifests.map(({ digest }) => direct.getManifest({ ...home, digest })));
  return manifests.map(({ digest, platform }) => `${platform?.os}/${platform?.architecture} ${digest}`);
}

const writes = (world: World) => world.requests().filter(({ method }) => method !== 'GET' && method !== 'HEAD');
const isPutOf = (tag: string, { method, path }: { method: string; path: string }) =>
  method === 'PUT' && path.endsWith(`/manifests/${tag}`);

const isReadAgain = (tag: string, { method, path, count }: { method: string; path: string; count: number }) =>
  method === 'GET' && path.endsWith(`/manifests/${tag}`) && count === 2;

test('staged images are joined, named by commit time and commit, and latest names them too', async () => {
  const world = await start();
  const images = await stage(world, commit);
  const result = await join(world);
  expect(result).toMatchObject({
    tags: ['i20261123100000-aaaaaaaa', 'latest'],
    platforms: both,
    adopted: false,
    superseded: false,
    commit: { revision: commit.revision, time: new Date(commit.commitTime) },
    builds: [
      { platform: 'linux/amd64', digest: images[0]?.digest, stagingTag: 'build-7-ab-1-amd64' },
      { platform: 'linux/arm64', digest: images[1]?.digest, stagingTag: 'build-7-ab-1-arm64' },
    ],
    notices: [],
  });
  expect(await imagesIn(world, tagOf(commit))).toEqual([`linux/amd64 ${images[0]?.digest}`, `linux/arm64 ${images[1]?.digest}`]);
  expect(await held(world, 'latest')).toBe(result.content.digest);
});

test('attestations survive, beside their images', async () => {
  const world = await start();
  const [amd64, arm64] = await stage(world, { ...commit, attested: true });
  await join(world);
  expect(await imagesIn(world, tagOf(commit))).toEqual([
    `linux/amd64 ${amd64?.digest}`,
    expect.stringMatching('unknown/unknown'),
    `linux/arm64 ${arm64?.digest}`,
    expect.stringMatching('unknown/unknown'),
  ]);
});

describe('attempts', () => {
  test('one failed leg that was run again is joined with the leg that had not failed', async () => {
    const world = await start();
    const [amd64] = await stage(world, { ...commit, platforms: ['linux/amd64'] });
    const [arm64] = await stage(world, { ...commit, platforms: ['linux/arm64'], attempt: 2 });
    await join(world, { attempt: 2 });
    expect(await imagesIn(world, tagOf(commit))).toEqual([`linux/amd64 ${amd64?.digest}`, `linux/arm64 ${arm64?.digest}`]);
  });

  test('when all were run again the newest are joined, and never those of a later attempt', async () => {
    const world = await start();
    await stage(world, { ...commit, attempt: 1 });
    const [amd64, arm64] = await stage(world, { ...commit, attempt: 2 });
    await stage(world, { ...commit, attempt: 4 });
    await join(world, { attempt: 3 });
    expect(await imagesIn(world, tagOf(commit))).toEqual([`linux/amd64 ${amd64?.digest}`, `linux/arm64 ${arm64?.digest}`]);
  });

  test('when all are run again after the release was published, that release is adopted and nothing written', async () => {
    const world = await start();
    const [amd64] = await stage(world, { ...commit, attempt: 1 });
    const first = await join(world);
    await stage(world, { ...commit, attempt: 2 });
    world.clear();
    const again = await join(world, { attempt: 2 });
    expect(again).toMatchObject({ adopted: true, tags: [tagOf(commit), 'latest'], content: { digest: first.content.digest } });
    expect(again.builds[0]).toEqual({ platform: 'linux/amd64', digest: amd64?.digest, stagingTag: '' });
    expect(writes(world)).toEqual([]);
  });
});

const noRepository = JSON.stringify({
  errors: [{ code: 'NAME_UNKNOWN', message: "The repository with name 'shop/ui' does not exist" }],
});
/** Answers for a repository as Amazon ECR does for one that was never created. */
const withoutRepository: RequestHook = ({ path }) =>
  path.startsWith('/v2/shop/ui/') ? { kind: 'answer', status: 404, body: noRepository } : undefined;

describe('a repository that does not exist', () => {
  test('is named as such, not as images that were not staged', async () => {
    const world = await start({ onRequest: () => withoutRepository });
    await expect(join(world)).rejects.toMatchObject({
      code: 'REGISTRY_NOT_FOUND',
      message: expect.stringContaining('has no such repository'),
      failure: { remedy: expect.stringContaining('aws ecr create-repository'), detail: noRepository },
    });
  });

  test('counts as empty where the index goes, since a registry may create it on the first push', async () => {
    const world = await start({ onRequest: () => withoutRepository });
    await stage(world, commit);
    const references = both.map(platform => ({
      ...world.home,
      tag: stagingTag({ runId: '7', scope: 'ab', attempt: 1, platform: parsePlatform(platform) }),
    }));
    const planned = await join(world, { selection: { kind: 'references', references }, dryRun: true });
    expect(planned.platforms).toEqual(both);
  });
});

describe('against the real registry, each fault has its own error and nothing is published', () => {
  test.each<[string, (world: World) => Promise<unknown>, string, string]>([
    ['nothing staged', async () => undefined, 'SOURCE_MISSING', 'No image for linux/amd64, linux/arm64 was staged'],
    [
      'one platform not staged',
      world => stage(world, { ...commit, platforms: ['linux/amd64'] }),
      'SOURCE_MISSING',
      'linux/arm64',
    ],
    [
      'mixed commits',
      async world => [
        await stage(world, { ...commit, platforms: ['linux/amd64'] }),
        await stage(world, { ...newer, platforms: ['linux/arm64'] }),
      ],
      'SOURCE_REVISIONS',
      'different commits',
    ],
    [
      'the same platform under both names',
      async world => [
        await stage(world, { ...commit, platforms: ['linux/amd64'] }),
        await stage(world, { ...commit, platforms: ['linux/arm64'], platform: 'linux/amd64' }),
      ],
      'SOURCE_DUPLICATE',
      'linux/amd64 is there more than once',
    ],
    [
      'a surprise platform',
      async world => [
        await stage(world, { ...commit, platforms: ['linux/amd64'] }),
        await stage(world, { ...commit, platforms: ['linux/arm64'], platform: 'linux/s390x' }),
      ],
      'SOURCE_SURPRISE',
      'linux/s390x',
    ],
    [
      'an image that is not for what its index says',
      world => stage(world, { ...commit, attested: true, claimedPlatform: 'linux/mips64' }),
      'SOURCE_INVALID',
      'contradicts itself',
    ],
    ['images without labels', world => stage(world, { ...commit, labels: {} }), 'SOURCE_UNLABELLED', 'does not say which commit'],
  ])('%s', async (_, prepare, code, words) => {
    const world = await start();
    await prepare(world);
    await expect(join(world)).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
    expect(writes(world)).toEqual([]);
  });

  test('annotations that lie about the commit count for nothing', async () => {
    const world = await start();
    await stage(world, {
      ...commit,
      labels: { 'org.opencontainers.image.revision': newer.revision, 'eks-gitops.commit-time': newer.commitTime },
    });
    const { tags } = await join(world);
    expect(tags).toEqual([tagOf(newer), 'latest']);
  });

  test('a release tag that holds the image of one platform', async () => {
    const world = await start();
    await stage(world, commit);
    await pushSyntheticImage({
      registry: world.direct,
      repository: world.home,
      platform: 'linux/amd64',
      tag: tagOf(commit),
      ...commit,
    });
    world.clear();
    await expect(join(world)).rejects.toMatchObject({
      code: 'TAG_CONFLICT',
      failure: { found: expect.stringContaining('the single image') },
    });
    await expect(join(world, { onExistingTag: 'fail' })).rejects.toMatchObject({ code: 'TAG_EXISTS' });
    expect(writes(world)).toEqual([]);
    const { notices } = await join(world, { onExistingTag: 'replace' });
    expect(notices).toEqual([expect.stringContaining('it is replaced')]);
    expect((await imagesIn(world, tagOf(commit))).length).toBe(2);
  });
});

describe('an immutable repository', () => {
  test('takes a release, its re-run, and the next release; latest stays and that is only a notice', async () => {
    const world = await start({ immutable: true });
    await stage(world, commit);
    const first = await join(world);
    expect(first.tags).toEqual([tagOf(commit), 'latest']);
    expect(await join(world)).toMatchObject({ adopted: true, tags: [tagOf(commit), 'latest'], notices: [] });
    await stage(world, { ...newer, attempt: 2 });
    const next = await join(world, { attempt: 2 });
    expect(next).toMatchObject({
      tags: [tagOf(newer)],
      superseded: false,
      notices: [expect.stringContaining('does not let it move')],
    });
    expect(await held(world, 'latest')).toBe(first.content.digest);
  });

  test('a write whose answer got lost, so that it is refused when repeated, does not make the release fail', async () => {
    const world = await start({
      immutable: true,
      onRequest: current => async request => {
        if (!isPutOf(tagOf(commit), request) || request.count > 1) return undefined;
        await join(past(current()), { tags: ['i{time}-{sha8}'] });
        return { kind: 'reset' };
      },
    });
    await stage(world, commit);
    const result = await join(world);
    expect(await held(world, tagOf(commit))).toBe(result.content.digest);
    expect(result).toMatchObject({ adopted: false, tags: [tagOf(commit), 'latest'] });
  });

  test('a release that another run published in between is adopted, and latest names that one', async () => {
    let rival: Promise<unknown> | undefined;
    const world = await start({
      immutable: true,
      onRequest: current => async request => {
        if (!isPutOf(tagOf(commit), request)) return undefined;
        rival ??= join(past(current()), { attempt: 1, tags: ['i{time}-{sha8}'] });
        await rival;
        return undefined;
      },
    });
    await stage(world, { ...commit, attempt: 1 });
    await stage(world, { ...commit, attempt: 2 });
    const result = await join(world, { attempt: 2 });
    expect(result.adopted).toBe(true);
    expect(result.content.digest).toBe(await held(world, tagOf(commit)));
    // In this repository latest cannot be moved once written, which the notice says.
    expect(result.notices).toEqual([expect.stringContaining('does not let it move')]);
  });
});

describe('latest', () => {
  async function publish(world: World, what: Commit, attempt: number) {
    await stage(world, { ...what, attempt });
    return join(past(world), { attempt });
  }

  test('moves forward only: a slow build of an older commit publishes its release and leaves latest alone', async () => {
    const world = await start();
    const ahead = await publish(world, newer, 1);
    const behind = await publish(world, commit, 2);
    expect(behind).toMatchObject({ superseded: true, tags: [tagOf(commit)] });
    expect(await held(world, 'latest')).toBe(ahead.content.digest);
    expect(await held(world, tagOf(commit))).toBe(behind.content.digest);
  });

  test('that an older run has written over ours in between is repaired', async () => {
    const world = await start({
      onRequest: current => async request => {
        if (isReadAgain('latest', request)) await overwriteLatest(current(), tagOf(older));
        return undefined;
      },
    });
    await publish(world, older, 1);
    await stage(world, { ...commit, attempt: 2 });
    const result = await join(world, { attempt: 2 });
    expect(await held(world, 'latest')).toBe(result.content.digest);
    expect(result.tags).toEqual([tagOf(commit), 'latest']);
  });

  test('that a newer run has taken in between stays with it', async () => {
    const world = await start({
      onRequest: current => async request => {
        if (isReadAgain('latest', request)) await overwriteLatest(current(), tagOf(newer));
        return undefined;
      },
    });
    const ahead = await publish(world, newer, 1);
    await overwriteLatest(world, (await publish(world, older, 2)).tags[0] ?? '');
    await stage(world, { ...commit, attempt: 3 });
    expect(await join(world, { attempt: 3 })).toMatchObject({ superseded: true, tags: [tagOf(commit)] });
    expect(await held(world, 'latest')).toBe(ahead.content.digest);
  });

  test('whose write got no answer is read again before it is written again', async () => {
    const world = await start({
      onRequest: current => async request => {
        if (!isPutOf('latest', request) || request.count > 1) return undefined;
        await overwriteLatest(current(), tagOf(newer));
        return { kind: 'reset' };
      },
    });
    const ahead = await publish(world, newer, 1);
    await overwriteLatest(world, (await publish(world, older, 2)).tags[0] ?? '');
    await stage(world, { ...commit, attempt: 3 });
    expect(await join(world, { attempt: 3 })).toMatchObject({ superseded: true });
    expect(await held(world, 'latest')).toBe(ahead.content.digest);
  });

  test('without our annotations is replaced with a notice', async () => {
    const world = await start();
    await stage(world, { ...commit, annotated: false });
    await overwriteLatest(world, 'build-7-ab-1-amd64');
    const { notices, content } = await join(world);
    expect(notices).toEqual([expect.stringContaining('does not say its commit time')]);
    expect(await held(world, 'latest')).toBe(content.digest);
  });

  test('goes back to what it held when the release tag cannot be written', async () => {
    const world = await start({
      onRequest: () => async request =>
        isPutOf(tagOf(commit), request)
          ? { kind: 'answer', status: 403, body: '{"errors":[{"code":"DENIED","message":"no"}]}' }
          : undefined,
    });
    const before = await publish(world, older, 1);
    await stage(world, { ...commit, attempt: 2 });
    await expect(join(world, { attempt: 2 })).rejects.toMatchObject({ code: 'REGISTRY_DENIED' });
    expect(world.requests().some(request => isPutOf('latest', request))).toBe(true);
    expect(await held(world, 'latest')).toBe(before.content.digest);
    expect(await held(world, tagOf(commit))).toBeUndefined();
  });

  test('alone may be asked for: a superseded index is then there by its digest', async () => {
    const world = await start();
    await publish(world, newer, 1);
    await stage(world, { ...commit, attempt: 2 });
    const { content, tags } = await join(world, { attempt: 2, tags: ['latest'] });
    expect(tags).toEqual([]);
    expect((await world.direct.getManifest({ ...world.home, digest: content.digest })).bytes).toEqual(content.bytes);
  });
});

describe('at the same time', () => {
  test('runs of one commit in an immutable repository all end with the one index that was first', async () => {
    const world = await start({ immutable: true });
    const attempts = [1, 2, 3, 4];
    await Promise.all(attempts.map(attempt => stage(world, { ...commit, attempt })));
    const results = await Promise.all(attempts.map(attempt => join(world, { attempt })));
    const digest = await held(world, tagOf(commit));
    expect(results.map(({ content }) => content.digest)).toEqual([digest, digest, digest, digest]);
  });

  test('runs of several commits publish each its own release, and the newest, run again, has latest', async () => {
    const world = await start();
    const commits = [older, commit, newer];
    await Promise.all(commits.map((one, at) => stage(world, { ...one, attempt: at + 1 })));
    const results = await Promise.all(commits.map((_, at) => join(world, { attempt: at + 1 })));
    const named = await Promise.all(commits.map(one => held(world, tagOf(one))));
    expect(results.map(({ content }) => content.digest)).toEqual(named);
    expect(named).toContain(await held(world, 'latest'));
    await join(world, { attempt: 3 });
    expect(await held(world, 'latest')).toBe(named[2]);
    expect((await join(world, { attempt: 1 })).superseded).toBe(true);
    expect(await held(world, 'latest')).toBe(named[2]);
  });
});

describe('sources', () => {
  test('of another repository are copied with their attestations: mounted in the same registry', async () => {
    const world = await start();
    const [amd64, arm64] = await stage(world, { ...commit, attested: true });
    const to = { ...world.repository, path: 'prod/ui' };
    const references = [amd64, arm64].flatMap(image => (image ? [{ ...world.repository, digest: image.root }] : []));
    await join({ ...world, repository: to }, { selection: { kind: 'references', references } });
    const prod = { ...world, home: { ...world.home, path: 'prod/ui' } };
    expect((await imagesIn(prod, tagOf(commit))).length).toBe(4);
    if (amd64) expect(await world.direct.hasBlob({ repository: prod.home, digest: amd64.layer.digest })).toBe(true);
    expect(world.requests().some(({ method, path }) => method === 'PUT' && path.includes('/blobs/'))).toBe(false);
  });

  test('of another registry are copied with their attestations: streamed', async () => {
    const [world, elsewhere] = [await start(), await start()];
    const [amd64, arm64] = await stage(elsewhere, { ...commit, attested: true });
    const references = [amd64, arm64].flatMap(image => (image ? [{ ...elsewhere.repository, digest: image.root }] : []));
    await join(world, { selection: { kind: 'references', references } });
    expect((await imagesIn(world, tagOf(commit))).length).toBe(4);
    if (amd64) expect(await world.direct.hasBlob({ repository: world.home, digest: amd64.layer.digest })).toBe(true);
    expect(writes(elsewhere)).toEqual([]);
  });

  test('of a record are read by digest, whatever the staging tag holds by now; attestations come from it while it holds that image', async () => {
    const world = await start();
    const [amd64, arm64] = await stage(world, { ...commit, attested: true });
    await stage(world, { ...newer, platforms: ['linux/arm64'], content: 'moved on' });
    const builds = [
      { platform: 'linux/amd64', digest: amd64?.digest ?? 'sha256:', stagingTag: 'build-7-ab-1-amd64' },
      { platform: 'linux/arm64', digest: arm64?.digest ?? 'sha256:', stagingTag: 'build-7-ab-1-arm64' },
    ] as const;
    const result = await join(world, { selection: { kind: 'builds', builds } });
    expect(await imagesIn(world, tagOf(commit))).toEqual([
      `linux/amd64 ${amd64?.digest}`,
      expect.stringMatching('unknown/unknown'),
      `linux/arm64 ${arm64?.digest}`,
    ]);
    expect(result.builds).toEqual(builds);
  });
});

test('a dry run gives the index that would be published, and writes nothing', async () => {
  const world = await start();
  await stage(world, { ...commit, attested: true });
  const dry = await join(world, { dryRun: true });
  expect(writes(world)).toEqual([]);
  expect(await held(world, tagOf(commit))).toBeUndefined();
  expect((await join(world)).content).toEqual(dry.content);
});

const depthOf = (world: World) => requestDepth(world.requests());
/** The same world past the proxy. */
const past = (world: World): World => ({ ...world, registry: world.direct, repository: world.home });

describe('the longest chain of requests that wait for each other, after authentication', () => {
  /** Lets requests through in batches, each as large as it grows, so that what can be asked at once is seen to be. */
  const inBatches = (): RequestHook => {
    const waiting: (() => void)[] = [];
    let timer: NodeJS.Timeout | undefined;
    return async ({ path }) => {
      if (path === '/v2/') return undefined;
      clearTimeout(timer);
      timer = setTimeout(() => {
        for (const go of waiting.splice(0)) go();
      }, 250);
      await new Promise<void>(resolve => waiting.push(resolve));
      return undefined;
    };
  };

  test.each([
    ['2 attested platforms', both, { attested: true }, 5],
    ['8 attested platforms', eight, { attested: true }, 5],
    ['8 plain platforms', eight, {}, 4],
    ['2 attested platforms without annotations, built by another tool', both, { attested: true, annotated: false }, 6],
  ])(
    'of %s',
    async (_, platforms, image, depth) => {
      const world = await start({ onRequest: inBatches });
      await stage(world, { ...commit, ...image, platforms });
      await join(world, { platforms, attempt: 3 });
      expect(depthOf(world)).toBe(depth);
    },
    60_000,
  );

  test('of an adoption', async () => {
    const world = await start({ onRequest: inBatches });
    await stage(world, { ...commit, attested: true });
    await join(past(world));
    await join(world);
    expect(depthOf(world)).toBe(3);
  });

  test('of a copy from another repository of the registry', async () => {
    const world = await start({ onRequest: inBatches });
    const images = await stage(world, { ...commit, attested: true });
    const references = images.map(image => ({ ...world.repository, digest: image.root }));
    const to = { ...world.repository, path: 'prod/ui' };
    await join({ ...world, repository: to }, { selection: { kind: 'references', references } });
    expect(depthOf(world)).toBe(8);
  });
});

async function overwriteLatest({ direct, home }: World, tag: string): Promise<void> {
  const content = await direct.getManifest({ ...home, tag });
  await direct.putManifest({ ...content, reference: { ...home, tag: 'latest' }, tries: 'repeated' });
}

test('the media type of the index is OCI', async () => {
  const world = await start();
  await stage(world, { ...commit, format: 'docker' });
  expect((await join(world)).content.mediaType).toBe(mediaTypes.ociIndex);
});
