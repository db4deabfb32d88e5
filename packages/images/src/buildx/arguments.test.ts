import { describe, expect, test } from '@jest/globals';
import { buildCommand } from './arguments.ts';
import type { BuildRequest } from './build-request.ts';
import { inputsDigest } from './inputs-digest.ts';

const request: BuildRequest = {
  repository: { registry: 'registry.example.com', path: 'shop/ui' },
  platform: { os: 'linux', architecture: 'arm64' },
  context: '/work/ui',
  file: undefined,
  target: undefined,
  buildArgs: [],
  buildContexts: [],
  labels: {},
  annotations: [],
  secrets: [],
  ssh: [],
  cacheFrom: [],
  cacheTo: [],
  provenance: 'mode=min',
  sbom: 'false',
  network: undefined,
  addHosts: [],
  pull: false,
  noCache: false,
  epoch: new Date('2024-05-06T07:08:09.999Z'),
  epochInSteps: false,
  destination: 'push',
};
const place = { metadataFile: '/private/metadata.json', builder: undefined };
const output =
  '--output=type=image,name=registry.example.com/shop/ui,push-by-digest=true,name-canonical=true,push=true,rewrite-timestamp=true,oci-mediatypes=true,source-date-epoch=1714979289';

function added(change: Partial<BuildRequest>): readonly string[] {
  const plain = buildCommand(request, place).args;
  return buildCommand({ ...request, ...change }, place).args.filter(arg => !plain.includes(arg));
}

test('the plain command pushes by digest, under no tag', () => {
  expect(buildCommand(request, place)).toEqual({
    args: [
      'build',
      '--platform=linux/arm64',
      '--progress=rawjson',
      '--metadata-file=/private/metadata.json',
      '--provenance=mode=min',
      '--sbom=false',
      output,
      '--',
      '/work/ui',
    ],
    env: { SOURCE_DATE_EPOCH: '' },
  });
});

test.each<[string, Partial<BuildRequest>, string[]]>([
  ['file', { file: 'docker/Dockerfile' }, ['--file=docker/Dockerfile']],
  ['target', { target: 'release' }, ['--target=release']],
  ['build-args', { buildArgs: ['A=1,2 =3', 'B'] }, ['--build-arg=A=1,2 =3', '--build-arg=B']],
  ['build-contexts', { buildContexts: ['base=../base'] }, ['--build-context=base=../base']],
  ['labels', { labels: { a: 'b=c' } }, ['--label=a=b=c']],
  ['annotations', { annotations: ['manifest:a=b'] }, ['--annotation=manifest:a=b']],
  ['ssh', { ssh: ['default'] }, ['--ssh=default']],
  ['cache-from', { cacheFrom: ['type=gha'] }, ['--cache-from=type=gha']],
  ['cache-to', { cacheTo: ['type=gha,mode=max'] }, ['--cache-to=type=gha,mode=max']],
  ['provenance', { provenance: 'false' }, ['--provenance=false']],
  ['sbom', { sbom: 'generator=scanner' }, ['--sbom=generator=scanner']],
  ['network', { network: 'none' }, ['--network=none']],
  ['add-hosts', { addHosts: ['db:10.0.0.1'] }, ['--add-host=db:10.0.0.1']],
  ['pull', { pull: true }, ['--pull']],
  ['no-cache', { noCache: true }, ['--no-cache']],
  ['a secret by file', { secrets: [{ id: 'npm', kind: 'file', path: '/run/a, "b"' }] }, ['--secret=id=npm,"src=/run/a, ""b"""']],
  ['a secret by variable', { secrets: [{ id: 'npm', kind: 'env', variable: 'TOKEN' }] }, ['--secret=id=npm,env=TOKEN']],
  ['a value that looks like an option stays a value', { target: '--push' }, ['--target=--push']],
])('%s', (_, change, expected) => {
  expect(added(change)).toEqual(expected);
});

test('a builder is named', () => {
  expect(buildCommand(request, { ...place, builder: 'far' }).args).toContain('--builder=far');
});

test('a secret’s value goes by the environment, never by argument', () => {
  const { args, env } = buildCommand({ ...request, secrets: [{ id: 'npm', kind: 'value', value: 'hush' }] }, place);
  expect(args).toContain('--secret=id=npm,env=EKS_GITOPS_SECRET_0');
  expect(args.join(' ')).not.toContain('hush');
  expect(env).toMatchObject({ EKS_GITOPS_SECRET_0: 'hush' });
});

test('a build that pushes nothing has neither attestations nor annotations', () => {
  const { args } = buildCommand({ ...request, destination: 'discard', annotations: ['a=b'] }, place);
  expect(args).toEqual(expect.arrayContaining(['--provenance=false', '--sbom=false', '--output=type=cacheonly']));
  expect(args.join(' ')).not.toMatch(/annotation|push/);
});

test.each([['SOURCE_DATE_EPOCH=0'], ['SOURCE_DATE_EPOCH']])('the user’s build argument %s wins', buildArg => {
  const { args, env } = buildCommand({ ...request, buildArgs: [buildArg] }, place);
  expect(env).toEqual({});
  expect(args.join(' ')).not.toContain('source-date-epoch');
});

test('steps that want the commit’s time get it by the environment', () => {
  const { args, env } = buildCommand({ ...request, epochInSteps: true }, place);
  expect(env).toEqual({ SOURCE_DATE_EPOCH: '1714979289' });
  expect(args.join(' ')).not.toContain('source-date-epoch');
});

describe('the digest of the inputs', () => {
  const origin = { revision: 'a'.repeat(40), contextPath: 'ui' };
  const digest = (change: Partial<BuildRequest> = {}, more = {}) =>
    inputsDigest({ ...request, ...change }, { ...origin, ...more });
  const secret = { id: 'npm', kind: 'value', value: 'one' } as const;

  test.each<[string, Partial<BuildRequest>]>([
    ['the platform', { platform: { os: 'linux', architecture: 'amd64' } }],
    ['the Dockerfile', { file: 'other' }],
    ['a build argument', { buildArgs: ['A=1'] }],
    ['a label', { labels: { a: 'b' } }],
    ['the name of a secret', { secrets: [secret] }],
    ['attestations', { provenance: 'false' }],
  ])('changes with %s', (_, change) => {
    expect(digest(change)).not.toBe(digest());
  });

  test('changes with the commit and the context’s place in it', () => {
    expect(digest({}, { revision: 'b'.repeat(40) })).not.toBe(digest());
    expect(digest({}, { contextPath: 'api' })).not.toBe(digest());
  });

  test.each<[string, Partial<BuildRequest>, Partial<BuildRequest>]>([
    ['where the checkout lies', { context: '/elsewhere' }, {}],
    ['how it is built', { pull: true, noCache: true, cacheTo: ['type=gha'] }, {}],
    ['the value of a secret', { secrets: [secret] }, { secrets: [{ ...secret, value: 'two' }] }],
    ['the order of labels', { labels: { a: '1', b: '2' } }, { labels: { b: '2', a: '1' } }],
  ])('does not change with %s', (_, one, other) => {
    expect(digest(one)).toBe(digest(other));
  });
});
