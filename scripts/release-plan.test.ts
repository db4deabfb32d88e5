import { describe, expect, test } from '@jest/globals';
import { parseRemoteTags, parseVersion, planRelease } from './release-plan.ts';

const a = 'a'.repeat(40);
const b = 'b'.repeat(40);

describe('a release', () => {
  test.each(['1.2', 'v1.2.3', '1.2.3-rc.1', '01.2.3', '1.2.3 ', ''])('is not named by %p', text => {
    expect(parseVersion(text)).toBeUndefined();
  });

  test('moves the major tag from where it is', () => {
    const tags = parseRemoteTags(`${a}\trefs/tags/v1\n${a}\trefs/tags/v1.0.0\n`);
    expect(planRelease({ major: 1, minor: 1, patch: 0 }, tags)).toEqual({ exact: 'v1.1.0', major: 'v1', majorWas: a });
  });

  test('of a new major version has no major tag to move', () => {
    expect(planRelease({ major: 2, minor: 0, patch: 0 }, new Map([['v1.9.9', a]]))).toEqual({ exact: 'v2.0.0', major: 'v2' });
  });

  test('takes the commit that an annotated tag names', () => {
    expect(parseRemoteTags(`${a}\trefs/tags/v1.0.0\n${b}\trefs/tags/v1.0.0^{}\n`).get('v1.0.0')).toBe(b);
  });

  test('is refused when the version exists', () => {
    expect(() => planRelease({ major: 1, minor: 0, patch: 0 }, new Map([['v1.0.0', a]]))).toThrow('v1.0.0 is released already');
  });

  test('is refused when the major tag would move back', () => {
    const tags = new Map([
      ['v1.10.0', a],
      ['v1.9.0', b],
    ]);
    expect(() => planRelease({ major: 1, minor: 9, patch: 1 }, tags)).toThrow('v1.10.0 is newer than v1.9.1');
  });
});
