import { existsSync } from 'node:fs';
import { mkdtemp, rename } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { awsAccount, currentSandbox, type Ecr, type NpmRegistry } from '@eks-gitops/testbed';
import { execa } from 'execa';

export const place = { account: awsAccount, region: 'us-west-2', stack: 'shop' };
export const npmPackage = 'eks-gitops-actions@0.0.0';

/** Each project has credentials of its own, so that calls tell whose they are. */
export function roleCredentials(project: string): Readonly<Record<string, string>> {
  return { AWS_ACCESS_KEY_ID: project, AWS_SECRET_ACCESS_KEY: 'testing' };
}

/** The command as it is published, packed from this tree; once in a sandbox. */
export async function packCommand(): Promise<string> {
  const { folder } = await currentSandbox();
  const packed = join(folder, 'packed.tgz');
  if (existsSync(packed)) return packed;
  const own = await mkdtemp(join(folder, 'pack-'));
  const pack = join(import.meta.dirname, '../../../../scripts/pack.ts');
  const { stdout } = await execa(process.execPath, [pack, own], { env: { NODE_OPTIONS: '' } });
  await rename(stdout.trim().split('\n').at(-1) ?? '', packed);
  return packed;
}

export interface MachineOptions {
  readonly ecr: Ecr;
  readonly npm: NpmRegistry;
  /** A folder of programs that come before those of this machine. */
  readonly programs: string;
}

/** What a build finds in its environment: this machine's programs, but not the Node that the tests run on. */
export function machineEnvironment({ ecr, npm, programs }: MachineOptions): Readonly<Record<string, string>> {
  const machine = (process.env['PATH'] ?? '').split(delimiter).filter(entry => !entry.includes('node_modules'));
  return {
    PATH: [programs, ...machine].join(delimiter),
    NODE_EXTRA_CA_CERTS: ecr.certificateFile,
    SSL_CERT_FILE: ecr.certificateFile,
    AWS_EC2_METADATA_DISABLED: 'true',
    npm_config_registry: npm.url,
  };
}
