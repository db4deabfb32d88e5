import { expect, test } from '@jest/globals';
import { hangBell } from './bell.ts';

const { signal } = new AbortController();

test('a ring that nobody waited for is heard at once, and only once', async () => {
  const bell = hangBell();
  bell.ring();
  bell.ring();
  await bell.heard({ within: undefined, signal });
  const second = bell.heard({ within: undefined, signal }).then(() => 'heard');
  expect(await Promise.race([second, Promise.resolve('silent')])).toBe('silent');
  bell.ring();
  expect(await second).toBe('heard');
});

test('a ring after a time that ran out is not lost', async () => {
  const bell = hangBell();
  await bell.heard({ within: 1, signal });
  bell.ring();
  await bell.heard({ within: undefined, signal });
});

test('a failure is told, also behind a ring that nobody has heard', async () => {
  const bell = hangBell();
  bell.ring();
  bell.fail(new Error('denied'));
  await expect(bell.heard({ within: undefined, signal })).rejects.toThrow('denied');
});

test('a cancel ends the wait', async () => {
  const cancel = new AbortController();
  const waiting = hangBell().heard({ within: undefined, signal: cancel.signal });
  cancel.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
});
