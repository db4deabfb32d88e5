import { z } from 'zod';

export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** The two tags of a release: the exact one, which never moves, and the major one, which workflows name and which moves. */
export interface ReleasePlan {
  readonly exact: string;
  readonly major: string;
  /** What the major tag names now; absent for the first release of a major version. */
  readonly majorWas?: string;
}

const releaseForm = /^(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})$/;
const remoteTag = z.tuple([z.string().regex(/^[0-9a-f]{40,64}$/), z.string().startsWith('refs/tags/')]);

/** Reads `X.Y.Z`; undefined for anything else, pre-releases included. */
export function parseVersion(text: string): Version | undefined {
  const [, major, minor, patch] = releaseForm.exec(text) ?? [];
  if (major === undefined || minor === undefined || patch === undefined) return undefined;
  return { major: Number(major), minor: Number(minor), patch: Number(patch) };
}

/** Reads the output of `git ls-remote --tags` into commit by tag name; a peeled line (`^{}`) wins, because it names the commit. */
export function parseRemoteTags(output: string): ReadonlyMap<string, string> {
  const rows = output.split('\n').filter(line => line !== '');
  const tags = rows.map(line => remoteTag.parse(line.split('\t')));
  const plain = tags.filter(([, name]) => !name.endsWith('^{}'));
  const peeled = tags.filter(([, name]) => name.endsWith('^{}'));
  return new Map([...plain, ...peeled].map(([id, name]) => [name.slice('refs/tags/'.length).replace(/\^\{\}$/, ''), id]));
}

/** Decides the tags of a release. Throws a sentence when the version was released already, or would move the major tag back. */
export function planRelease(version: Version, tags: ReadonlyMap<string, string>): ReleasePlan {
  const exact = `v${format(version)}`;
  const major = `v${version.major}`;
  if (tags.has(exact)) throw new Error(`${exact} is released already; a released version never changes`);
  const newer = [...tags.keys()].flatMap(tag => {
    const other = tag.startsWith('v') ? parseVersion(tag.slice(1)) : undefined;
    return other !== undefined && other.major === version.major && compare(other, version) > 0 ? [other] : [];
  });
  const [highest] = newer.sort((a, b) => compare(b, a));
  if (highest !== undefined) throw new Error(`v${format(highest)} is newer than ${exact}: ${major} would move back`);
  const majorWas = tags.get(major);
  return majorWas === undefined ? { exact, major } : { exact, major, majorWas };
}

function format({ major, minor, patch }: Version): string {
  return `${major}.${minor}.${patch}`;
}

function compare(a: Version, b: Version): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch;
}
