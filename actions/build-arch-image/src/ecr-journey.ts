// Run by the end-to-end test inside namespaces of its own, where AWS's own host names lead to servers on loopback; prints what it saw as JSON.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority, startBuildkit, startMoto, startRegistry } from '@eks-gitops/testbed';
import { makeWorld } from './e2e-world.ts';

const registryName = '123456789012.dkr.ecr.us-west-2.amazonaws.com';
const apiName = 'api.ecr.us-west-2.amazonaws.com';
const addresses = { [registryName]: '127.0.1.10', [apiName]: '127.0.1.11' };

const folder = mkdtempSync(join(tmpdir(), 'ecr-journey-'));
const hosts = join(folder, 'hosts');
const lines = Object.entries(addresses).map(([name, address]) => `${address} ${name}\n`);
writeFileSync(hosts, readFileSync('/etc/hosts', 'utf8') + lines.join(''));
execFileSync('ip', ['link', 'set', 'lo', 'up']);
execFileSync('mount', ['--bind', hosts, '/etc/hosts']);

const authority = await createAuthority();
const ca = join(folder, 'ca.pem');
writeFileSync(ca, authority.certificate);
const serve = async (name: keyof typeof addresses) => ({
  tls: await authority.issue([name]),
  address: addresses[name] ?? '',
  port: 443,
});
const [registry, moto, world] = await Promise.all([
  startRegistry({ ...(await serve(registryName)), password: { username: 'AWS', password: '123456789012-auth-token' } }),
  startMoto(await serve(apiName)),
  makeWorld(),
]);
const buildkit = await startBuildkit({ registries: [{ host: registryName, ca }] });

const docker = join(world.home, 'docker');
mkdirSync(docker);
const expired = { auths: { [registryName]: { auth: Buffer.from('AWS:expired').toString('base64') } } };
writeFileSync(join(docker, 'config.json'), JSON.stringify(expired));
const args = [`--image=${registryName}/shop/ui`, '--platform=linux/amd64', `--builder=${buildkit.address}`];
const env = {
  NODE_EXTRA_CA_CERTS: ca,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_EC2_METADATA_DISABLED: 'true',
};
const plain = await world.run(args, env).finished;
const renewed = await world.run(args, { ...env, DOCKER_CONFIG: docker }).finished;
const given = await world.run([...args, '--login=none'], { ...env, DOCKER_CONFIG: docker }).finished;
await Promise.all([buildkit.stop(), moto.stop(), registry.stop()]);
world.remove();
rmSync(folder, { recursive: true });
process.stdout.write(JSON.stringify({ plain, renewed, given }));
