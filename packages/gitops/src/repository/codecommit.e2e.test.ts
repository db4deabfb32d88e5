import { type CodeCommit, startCodeCommit } from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { afterAll, expect, jest } from '@jest/globals';
import { land, makeWorld, replaceIn, type World } from './e2e-world.ts';

const testInSandbox = await testNeeding('sandbox');

jest.setTimeout(60_000);

let server: CodeCommit | undefined;
let world: World | undefined;
afterAll(async () => {
  await server?.stop();
  await world?.remove();
});

testInSandbox('an edit lands in CodeCommit by AWS credentials alone, by its URL and by git-remote-codecommit’s', async () => {
  server = await startCodeCommit();
  world = await makeWorld();
  const remote = await server.createRepository('v1/repos/gitops', { 'apps/ui.yaml': '1' });
  const env = { ...world.env, ...server.env };
  const credentials = { kind: 'codecommit' } as const;
  for (const [index, url] of [remote.url, 'codecommit::us-west-2://gitops'].entries()) {
    const repository = await world.open({ place: { kind: 'remote', url }, credentials, env });
    expect(repository.url).toBe('https://git-codecommit.us-west-2.amazonaws.com/v1/repos/gitops');
    expect(await land(repository, replaceIn('apps/ui.yaml', `new ${index}`))).toMatchObject({ kind: 'committed' });
  }
  expect(new Set(server.users())).toEqual(new Set(['AKIDEXAMPLE%a/session+token==']));
  const place = { kind: 'remote', url: remote.url } as const;
  const wrong = { ...env, AWS_SECRET_ACCESS_KEY: 'wrong' };
  await expect(world.open({ place, credentials, env: wrong })).rejects.toMatchObject({ code: 'GIT_DENIED' });
});
