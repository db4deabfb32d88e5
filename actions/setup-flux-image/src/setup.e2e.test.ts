import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type BareRepository,
  type CommandWorld,
  type FinishedCommand,
  type GitServer,
  makeCommandWorld,
  startGitServer,
} from '@eks-gitops/testbed';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';

const image = '123456789012.dkr.ecr.us-west-2.amazonaws.com/retail-store-sample-ui';
const current = 'public.ecr.aws/aws-containers/retail-store-sample-ui';
const login = { username: 'x-access-token', password: 's3cret-token' };
const plain = `kind: Deployment\nmetadata:\n  name: ui\nspec: # keep\n  template:\n    spec:\n      containers:\n        - name: ui\n          image: "${current}:0.4.0"\n`;
const lab = {
  'README.md': '# GitOps\n',
  'apps/kustomization.yaml': 'kind: Kustomization\nresources:\n  - ui\n',
  'apps/ui/kustomization.yaml': 'kind: Kustomization\nnamespace: ui\nresources:\n  - deployment.yaml\n',
  'apps/ui/deployment.yaml': plain,
};
const changed = ['apps/kustomization.yaml', 'apps/ui-image-automation.yaml', 'apps/ui/deployment.yaml'];

let server: GitServer;
let world: CommandWorld;
beforeAll(async () => {
  server = await startGitServer({ login });
  world = await makeCommandWorld('setup-flux-image');
});
afterAll(async () => {
  await server.stop();
  await world.remove();
});

function repositoryWith(files: Readonly<Record<string, string>>): Promise<BareRepository & { url: string }> {
  return server.createRepository(`${randomUUID()}.git`, files);
}

async function setUp(repository: string, args: readonly string[] = []): Promise<FinishedCommand> {
  const common = [`--repository=${repository}`, '--policy=ui', `--image=${image}`, `--current-image=${current}`];
  const finished = await world.run([...common, ...args], { INPUT_TOKEN: login.password });
  expect(await world.leftovers()).toEqual([]);
  return finished;
}

describe('setting up', () => {
  test('is one commit by fluxcdbot, and again nothing', async () => {
    const repository = await repositoryWith(lab);
    const first = await setUp(repository.url);
    const commit = await repository.git('rev-parse', 'main');
    const outputs = { commit, branch: 'main', files: changed.join('\n'), changed: 'true' };
    expect(first).toMatchObject({ exitCode: 0, outputs });
    expect((await repository.git('diff', '--name-only', 'main^', 'main')).split('\n')).toEqual(changed);
    expect(await repository.read('apps/ui/deployment.yaml')).toBe(
      plain.replace(':0.4.0"', ':0.4.0" # {"$imagepolicy": "flux-system:ui"}'),
    );
    expect(await repository.git('log', '-1', '--format=%an <%ae>|%s|%(trailers:key=Policy,valueonly,separator=)')).toBe(
      `fluxcdbot <fluxcdbot@users.noreply.github.com>|Set up image updates of ${image}|flux-system/ui`,
    );
    const again = await setUp(repository.url);
    expect(again).toMatchObject({ exitCode: 0, outputs: { changed: 'false', commit, files: '', diff: '' } });
    expect(await repository.commits()).toHaveLength(2);
  });

  test('says what the cluster needs', async () => {
    const { log } = await setUp((await repositoryWith(lab)).url);
    expect(log).toContain('arn:aws:ecr:us-west-2:123456789012:repository/retail-store-sample-ui');
    expect(log).toContain('flux install --components-extra=image-reflector-controller,image-automation-controller');
  });

  test('shows the diff in a dry run, and writes nothing', async () => {
    const repository = await repositoryWith(lab);
    const { exitCode, outputs, log } = await setUp(repository.url, ['--dry-run']);
    expect({ exitCode, ...outputs }).toMatchObject({ exitCode: 0, changed: 'true', commit: '', files: changed.join('\n') });
    expect(outputs['diff']).toContain('+          image: "public.ecr.aws');
    expect(log).toContain('Dry run: nothing was written.');
    expect(await repository.commits()).toHaveLength(1);
  });

  test('with mode local changes the files of a checkout, without a commit', async () => {
    const repository = await repositoryWith(lab);
    const checkout = join(world.root, randomUUID());
    await execa('git', ['clone', '--quiet', '--', repository.folder, checkout]);
    const run = await setUp(checkout, ['--mode=local', '--ingress']);
    expect(run).toMatchObject({ exitCode: 0, outputs: { changed: 'true', commit: '' } });
    const { stdout } = await execa('git', ['status', '--porcelain'], { cwd: checkout });
    expect(
      stdout
        .split('\n')
        .map(line => line.slice(3))
        .sort(),
    ).toEqual([...changed, 'apps/ui/ingress.yaml', 'apps/ui/kustomization.yaml'].sort());
    expect(await readFile(join(checkout, 'apps/ui/ingress.yaml'), 'utf8')).toContain('namespace: ui\n');
    expect(await setUp(checkout, ['--mode=local', '--ingress'])).toMatchObject({ outputs: { changed: 'false' } });
  });

  test('takes the kustomization above a narrower path, and a file for its objects elsewhere', async () => {
    const repository = await repositoryWith({ ...lab, 'clusters/one/apps.yaml': 'a: b\n' });
    const narrow = ['--path=apps/ui', '--flux-path=clusters/one'];
    const above = await setUp(repository.url, [...narrow, '--dry-run']);
    expect(above.outputs['files']).toBe(changed.join('\n'));
    const file = await setUp(repository.url, ['--path=apps/ui/deployment.yaml', '--flux-path=clusters', '--dry-run']);
    expect(file.outputs['files']).toBe(changed.join('\n'));
    const elsewhere = await setUp(repository.url, [...narrow, '--objects-file=clusters/one/images.yaml']);
    expect(elsewhere.outputs['files']).toBe('apps/ui/deployment.yaml\nclusters/one/images.yaml');
    expect(await setUp(repository.url, [...narrow, '--objects-file=clusters/one/images.yaml'])).toMatchObject({
      outputs: { changed: 'false' },
    });
  });
});

test('a file that is there already is kept, also where it is outside the paths', async () => {
  const files = { ...lab, 'apps/ui-image-automation.yaml': '# ours\n', 'other/images.yaml': '# theirs\n' };
  const repository = await repositoryWith(files);
  const narrow = ['--path=apps/ui', '--flux-path=apps/ui', '--dry-run'];
  expect((await setUp(repository.url, narrow)).outputs['diff']).toContain(' # ours\n+---\n+apiVersion:');
  const given = await setUp(repository.url, [...narrow, '--objects-file=other/images.yaml']);
  expect(given.outputs['diff']).toContain(' # theirs\n+---\n+apiVersion:');
});

describe('refuses, and writes nothing', () => {
  test.each([
    ['an image that nothing names', { ...lab, 'apps/ui/deployment.yaml': 'image: redis:7\n' }, [], 'IMAGE_UNMARKED'],
    ['a path that does not exist', lab, ['--path=nowhere'], 'INPUT_INVALID'],
    [
      'a second writer',
      {
        ...lab,
        'flux.yaml':
          'apiVersion: image.toolkit.fluxcd.io/v1\nkind: ImageUpdateAutomation\nmetadata:\n  name: all\n  namespace: flux-system\nspec:\n  sourceRef:\n    name: flux-system\n',
      },
      ['--automation=action'],
      'TWO_WRITERS',
    ],
  ])('%s', async (_, files, args, code) => {
    const repository = await repositoryWith(files);
    expect(await setUp(repository.url, args)).toMatchObject({ exitCode: expect.any(Number), error: { code } });
    expect(await repository.commits()).toHaveLength(1);
  });
});
