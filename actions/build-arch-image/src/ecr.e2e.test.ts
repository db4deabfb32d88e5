import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Buildkit, type Ecr, startAws, startBuildkit, startEcr } from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { afterAll, beforeAll, expect, jest } from '@jest/globals';
import { makeWorld, type World } from './e2e-world.ts';

const testEcr = await testNeeding('sandbox', 'buildx', 'buildkitd', 'runc', 'docker-registry', 'moto', 'busybox-amd64');

jest.setTimeout(120_000);

let ecr: Ecr;
let buildkit: Buildkit;
let world: World;
let docker: string;

beforeAll(async () => {
  [ecr, world] = await Promise.all([startEcr(), makeWorld()]);
  buildkit = await startBuildkit({ registries: [{ host: ecr.host, ca: ecr.certificateFile }] });
  docker = join(world.home, 'docker');
  mkdirSync(docker);
  const expired = { auths: { [ecr.host]: { auth: Buffer.from('AWS:expired').toString('base64') } } };
  writeFileSync(join(docker, 'config.json'), JSON.stringify(expired));
});

afterAll(async () => {
  await Promise.all([buildkit?.stop(), ecr?.stop()]);
  world?.remove();
});

function build(more: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const image = more.some(one => one.startsWith('--image=')) ? [] : [`--image=${ecr.host}/shop/ui`];
  const args = [...image, '--platform=linux/amd64', `--builder=${buildkit.address}`, ...more];
  return world.run(args, { ...ecr.env, NODE_EXTRA_CA_CERTS: ecr.certificateFile, AWS_EC2_METADATA_DISABLED: 'true', ...env })
    .finished;
}

testEcr('a build is pushed to Amazon ECR, by its own host name, with a token of AWS that is never printed', async () => {
  const { exitCode, outputs, log } = await build([]);
  expect(exitCode).toBe(0);
  expect(outputs['image']).toBe(`${ecr.host}/shop/ui@${outputs['digest']}`);
  expect(log).not.toContain(ecr.login.password);
});

testEcr('a login of the docker configuration that has expired is replaced by a token of AWS', async () => {
  expect(await build([], { DOCKER_CONFIG: docker })).toMatchObject({ exitCode: 0 });
});

testEcr('login: none shows the docker configuration’s login alone', async () => {
  expect(await build(['--login=none'], { DOCKER_CONFIG: docker })).toMatchObject({
    exitCode: 1,
    error: { code: 'REGISTRY_DENIED' },
  });
});

testEcr('create-repository makes it once, in the name of a role that is assumed', async () => {
  const role = 'arn:aws:iam::123456789012:role/push';
  const asked = [`--image=${ecr.host}/shop/new`, '--create-repository=true', `--role-to-assume=${role}`];
  const first = await build(asked, { DOCKER_CONFIG: docker });
  expect(first).toMatchObject({ exitCode: 0, outputs: { image: expect.stringContaining(`${ecr.host}/shop/new@`) } });
  expect(first.log).toContain(`The repository ${ecr.host}/shop/new was made in Amazon ECR.`);
  const second = await build([...asked, '--staging-image-days=3']);
  expect(second.exitCode).toBe(0);
  expect(second.log).toContain('build-* images expire by sinceImagePushed 14, not 3 days');
});

testEcr('what Amazon ECR denies is told with the policy statement that would allow it', async () => {
  const arn = 'arn:aws:ecr:us-west-2:123456789012:repository/shop/ui';
  const words = `User: arn:aws:sts::123456789012:assumed-role/ci/run is not authorized to perform: ecr:DescribeRepositories on resource: ${arn}`;
  const aws = await startAws({ scripts: { ecr: () => ({ kind: 'error', code: 'AccessDeniedException', message: words }) } });
  const denied = await build(['--create-repository=true'], aws.env);
  await aws.stop();
  expect(aws.violations()).toEqual([]);
  expect(denied).toMatchObject({
    exitCode: 1,
    error: {
      code: 'AWS_DENIED',
      remedy: `Add to its policy: {"Effect":"Allow","Action":"ecr:DescribeRepositories","Resource":"${arn}"}`,
    },
  });
});
