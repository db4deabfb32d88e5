import { expect, test } from '@jest/globals';
import { type Credentials, fixedCredentials, type ObtainedCredentials, renewingCredentials } from './credentials.ts';

const show = (authorization: string): Credentials => ({ authorization });

/** Gives what is listed, one after the other, and says how often it was asked. */
function source(...given: readonly (ObtainedCredentials | Error)[]) {
  let asked = 0;
  const obtain = async (): Promise<ObtainedCredentials> => {
    const next = given[Math.min(asked, given.length - 1)];
    asked += 1;
    if (next === undefined || next instanceof Error) throw next;
    return next;
  };
  return { ...renewingCredentials(obtain), asked: () => asked };
}

test('credentials without an end are obtained once, for all that ask at the same time', async () => {
  const { current, asked } = source({ credentials: show('a') });
  expect(await Promise.all([current(), current(), current()])).toEqual([show('a'), show('a'), show('a')]);
  expect(asked()).toBe(1);
});

test('those that have ended are obtained again', async () => {
  const { current, asked } = source(
    { credentials: show('a'), expires: Date.now() - 1 },
    { credentials: show('b'), expires: Date.now() + 60_000 },
  );
  expect(await current()).toEqual(show('b'));
  expect(await Promise.all([current(), current()])).toEqual([show('b'), show('b')]);
  expect(asked()).toBe(2);
});

test('refused ones are renewed once, for all that were refused with them', async () => {
  const { current, renew, asked } = source({ credentials: show('a') }, { credentials: show('b') });
  const refused = await current();
  expect(await renew(refused)).toEqual(show('b'));
  expect(await renew(refused)).toEqual(show('b'));
  expect(asked()).toBe(2);
});

test('there are none where the same come again, and where there is nothing to renew', async () => {
  const { current, renew } = source({ credentials: show('a') }, { credentials: show('a') });
  expect(await renew(await current())).toBeUndefined();
  const fixed = fixedCredentials(show('x'));
  expect(await fixed.renew(await fixed.current())).toBeUndefined();
});

test('a failure is told, and the next call tries again', async () => {
  const { current } = source(new Error('no'), { credentials: show('a') });
  await expect(current()).rejects.toThrow('no');
  expect(await current()).toEqual(show('a'));
});
