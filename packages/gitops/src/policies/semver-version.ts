import SemVer from 'semver/classes/semver.js';

const loose = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

/**
 * Reads a tag as a version: with two dots at least, a leading `v` and zeros before a number allowed, and parts that are left
 * out as 0. Undefined for what is none, or has a number beyond 2^53 (Go goes on to 2^64).
 * Source: fluxcd/pkg/version.ParseVersion; Masterminds/semver v3.5, coerceNewVersion.
 */
export function parseTagVersion(tag: string): SemVer | undefined {
  return tag.split('.').length < 3 ? undefined : coerceVersion(tag);
}

/** The same of a version with one dot or none, as ranges have them. */
export function coerceVersion(text: string): SemVer | undefined {
  const [, major = '', minor = '0', patch = '0', prerelease = ''] = loose.exec(text) ?? [];
  if (major === '') return undefined;
  try {
    return new SemVer(`${[major, minor, patch].map(part => part.replace(/^0+(?=\d)/, '')).join('.')}${prerelease}`);
  } catch {
    return undefined;
  }
}
