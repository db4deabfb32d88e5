import { join } from 'node:path';
import { takeLock } from '../lock.ts';
import { startMoto } from '../moto.ts';
import { type RecordedRequest, type RecordingProxy, startProxy } from '../proxy.ts';
import { type RegistryOptions, startRegistry } from '../registry.ts';
import { awsHosts, ecrLogin } from './aws-hosts.ts';
import { currentSandbox } from './current.ts';

/** Amazon ECR as far as it can be had locally. */
export interface Ecr {
  /** The registry's host, as in `<host>/shop/ui`. */
  readonly host: string;
  /** Credentials and region that AWS clients take from the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** What the token of its API carries. */
  readonly login: { readonly username: string; readonly password: string };
  /** PEM file of the authority behind both. */
  readonly certificateFile: string;
  /** Requests to its API, and to STS. */
  readonly apiRequests: () => readonly RecordedRequest[];
  /** Requests by the registry's protocol. */
  readonly registryRequests: () => readonly RecordedRequest[];
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/**
 * Starts ECR's API (moto) and a registry that demands the password which moto's token carries, both by TLS under AWS's own host
 * names. In a sandbox only; there is one at a time, so a second caller waits for the first to stop it.
 */
export async function startEcr({ immutable = false }: Pick<RegistryOptions, 'immutable'> = {}): Promise<Ecr> {
  const { authority, certificateFile, folder } = await currentSandbox();
  const turn = await takeLock({ file: join(folder, 'ecr.lock'), ifHeld: 'wait' });
  const [moto, registry] = await Promise.all([startMoto(), startRegistry({ password: ecrLogin, immutable })]);
  const front = async (target: string, address: string, names: readonly string[]): Promise<RecordingProxy> =>
    startProxy({ target, tls: await authority.issue(names), address, port: 443 });
  const { ecr, sts, registry: images } = awsHosts;
  const [api, content] = await Promise.all([
    front(moto.url, ecr.address, [ecr.name, sts.name]),
    front(registry.url, images.address, [images.name]),
  ]);
  const stop = async (): Promise<void> => {
    await Promise.all([api.stop(), content.stop(), moto.stop(), registry.stop()]);
    await turn?.release();
  };
  return {
    host: images.name,
    env: { AWS_ACCESS_KEY_ID: 'testing', AWS_SECRET_ACCESS_KEY: 'testing', AWS_REGION: 'us-west-2' },
    login: ecrLogin,
    certificateFile,
    apiRequests: api.requests,
    registryRequests: content.requests,
    log: () => moto.log() + registry.log(),
    stop,
  };
}
