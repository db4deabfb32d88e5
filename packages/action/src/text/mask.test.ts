import { expect, test } from '@jest/globals';
import { createMask } from './mask.ts';

function masked(secret: string, text: string): string {
  const mask = createMask();
  mask.add(secret);
  return mask.apply(text);
}

test.each([
  ['the secret itself', 'hunter2', 'my hunter2, my hunter2', 'my ***, my ***'],
  ['a secret with blanks around it', ' hunter2\n', 'is hunter2.', 'is ***.'],
  ['each line of a secret', 'first line\nsecond line', 'second line, first line', '***, ***'],
  ['a secret inside a JSON string', 'a"b\\c1', JSON.stringify({ x: 'a"b\\c1' }), '{"x":"***"}'],
  ['a secret inside a URL', 'p@ss/word', 'https://user:p%40ss%2Fword@host', 'https://user:***@host'],
  ['a secret of characters that mean something in patterns', '$&.*', 'x$&.*y', 'x***y'],
])('hides %s', (_, secret, text, shown) => {
  expect(masked(secret, text)).toBe(shown);
});

test('hides the longer of two secrets whole', () => {
  const mask = createMask();
  mask.add('secret');
  mask.add('secret-and-more');
  expect(mask.apply('secret-and-more secret')).toBe('*** ***');
});

test('hides nothing for an empty secret, nor the brackets of a key file', () => {
  expect(masked('', 'abc')).toBe('abc');
  expect(masked('{\n"key": "hunter2"\n}', '{"a":1} "key": "hunter2"')).toBe('{"a":1} ***');
});
