import { expect, test } from '@jest/globals';
import { type PresignedToken, presignedToken } from './presigned-token.ts';
import { verifyToken } from './verify-token.ts';

const now = new Date('2026-11-24T12:00:00Z');
const secretOf = (id: string) => (id === 'testing' ? 'testing' : undefined);

async function verify(made: Partial<PresignedToken>): Promise<string | undefined> {
  const token = await presignedToken({ cluster: 'shop', signingDate: now, ...made });
  return verifyToken({ token, cluster: 'shop', secretOf, now });
}

test('a token is of the access key that signed it', async () => {
  expect(await verify({})).toBe('testing');
  expect(await verify({ signingDate: new Date('2026-11-24T11:46:00Z') })).toBe('testing');
});

test.each<[string, Partial<PresignedToken>]>([
  ['for another cluster', { cluster: 'other' }],
  ['of an unknown key', { accessKeyId: 'AKIDEXAMPLE' }],
  ['signed with another secret', { secretAccessKey: 'guessed' }],
  ['older than 15 minutes', { signingDate: new Date('2026-11-24T11:44:59Z') }],
  ['of tomorrow', { signingDate: new Date('2026-11-25T12:00:00Z') }],
  ['of another request', { action: 'GetSessionToken' }],
])('a token %s is none', async (_, made) => {
  expect(await verify(made)).toBeUndefined();
});

test.each(['', 'k8s-aws-v1.', 'k8s-aws-v1.bm90IGEgVVJM', 'eyJhbGciOiJSUzI1NiJ9'])('%j is no token', token => {
  expect(verifyToken({ token, cluster: 'shop', secretOf, now })).toBeUndefined();
});
