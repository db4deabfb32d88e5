import { type ActionContext, givenUser } from '@eks-gitops/action';
import { proxySettings } from '@eks-gitops/http';
import { openLogin } from '@eks-gitops/images/login';
import { openRegistry, type Registry } from '@eks-gitops/images/registry';
import type { WaitInputs } from './inputs.ts';

/** A registry that is only logged in to when something has to be asked of it. */
export interface LazyRegistry {
  readonly open: (host: string) => Registry;
  readonly close: () => Promise<void>;
}

export function lazyRegistry(inputs: WaitInputs, context: ActionContext): LazyRegistry {
  const { env, signal, mask, log } = context;
  let opened: Registry | undefined;
  const open = (host: string): Registry => {
    opened ??= openRegistry({
      credentials: openLogin({
        mode: inputs.login,
        registry: host,
        user: givenUser(inputs),
        env,
        signal,
        mask,
      }),
      signal,
      onNotice: notice => log.notice(notice),
      allowedRealms: inputs['token-hosts'],
      proxy: proxySettings(env),
    });
    return opened;
  };
  return { open, close: async () => opened?.close() };
}
