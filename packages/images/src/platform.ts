import { ActionError } from '@eks-gitops/errors';

/** An OCI platform, normalised: `linux/arm64/v8` is `linux/arm64`, `linux/arm` is `linux/arm/v7`, `x86_64` is `amd64`. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

const word = /^[a-z0-9][a-z0-9._-]{0,31}$/;
const aliases: Readonly<Record<string, readonly [architecture: string, variant?: string]>> = {
  x86_64: ['amd64'],
  'x86-64': ['amd64'],
  aarch64: ['arm64'],
  armhf: ['arm', 'v7'],
  armel: ['arm', 'v6'],
  i386: ['386'],
};
const impliedVariant: Readonly<Record<string, string>> = { amd64: 'v1', arm64: 'v8' };

/** Reads `os/architecture[/variant]`. Throws PLATFORM_INVALID. Normalised as containerd does (package platforms, `Normalize`). */
export function parsePlatform(text: string): Platform {
  const [os = '', architecture = '', variant, ...more] = text.trim().toLowerCase().split('/');
  const words = [os, architecture, ...(variant === undefined ? [] : [variant])];
  if (more.length > 0 || words.some(part => !word.test(part))) {
    throw new ActionError({
      code: 'PLATFORM_INVALID',
      message: `"${text}" is not a platform.`,
      expected: 'os/architecture[/variant], for example linux/amd64 or linux/arm64',
      found: JSON.stringify(text),
    });
  }
  return normalizePlatform(variant === undefined ? { os, architecture } : { os, architecture, variant });
}

export function normalizePlatform({ os, architecture: given, variant: givenVariant }: Platform): Platform {
  const [architecture, aliasVariant] = aliases[given] ?? [given];
  const variant = givenVariant || aliasVariant || (architecture === 'arm' ? 'v7' : undefined);
  const implied = variant === undefined || variant === impliedVariant[architecture];
  return implied ? { os, architecture } : { os, architecture, variant };
}

export function formatPlatform({ os, architecture, variant }: Platform): string {
  return variant === undefined ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`;
}

export function samePlatform(a: Platform, b: Platform): boolean {
  return formatPlatform(normalizePlatform(a)) === formatPlatform(normalizePlatform(b));
}
