import type { Environment } from '../git.ts';
import { readCheckout } from './checkout.ts';
import type { Place } from './open.ts';
import { hideSecrets } from './remote.ts';

export interface RemoteUrlQuestion {
  readonly place: Place;
  readonly env: Environment;
  readonly signal: AbortSignal;
}

/** The URL of a place, without credentials. Throws GIT_FAILED when a folder is no checkout or has no such remote. */
export async function readRemoteUrl({ place, env, signal }: RemoteUrlQuestion): Promise<string> {
  if (place.kind === 'remote') return hideSecrets(place.url);
  const { url } = await readCheckout({ folder: place.folder, remote: place.remote ?? 'origin', env, signal });
  return hideSecrets(url);
}
