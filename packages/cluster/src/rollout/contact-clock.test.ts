import { expect, test } from '@jest/globals';
import { startContactClock } from './contact-clock.ts';

test('a clock goes on where it stood once every watch has contact again', () => {
  let time = 1000;
  const clock = startContactClock(() => time);
  const [one, other] = [clock.join(), clock.join()];
  one(true);
  time = 1500;
  one(false);
  time = 2000;
  other(false);
  expect([clock.now(), clock.stands()]).toEqual([1500, true]);
  one(true);
  time = 9000;
  expect([clock.now(), clock.stands()]).toEqual([1500, true]);
  other(true);
  time = 9100;
  expect([clock.now(), clock.stands()]).toEqual([1600, false]);
  other(false);
  time = 9200;
  other(true);
  expect(clock.now()).toBe(1600);
});
