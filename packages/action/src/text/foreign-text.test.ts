import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inertText, plainText } from './foreign-text.ts';

describe('plain text', () => {
  test.each([
    ['colours', '\u001b[31mred\u001b[0m', 'red'],
    ['cursor movements and titles', 'a\u001b[2K\u001b[1Ab\u001b]0;title\u0007c', 'abc'],
    ['a lone escape or bell', 'a\u001b\u0007b\u0085c', 'abc'],
    ['characters that reverse the writing direction', 'a\u202egpj.exe', 'agpj.exe'],
  ])('has no %s', (_, text, plain) => {
    expect(plainText(text)).toBe(plain);
  });

  test('ends a line where the runner does', () => {
    expect(plainText('a\r\nb\rc\td')).toBe('a\nb\nc\td');
  });
});

/** How the runner finds a command in a line of output: ActionCommand.TryParseV2 and TryParse. */
function isCommand(line: string): boolean {
  return line.trimStart().startsWith('::') || line.includes('##[');
}

describe('on the runner no line of foreign text is a command', () => {
  test.each([
    '::error::x',
    '  \t::add-mask::x',
    'fine\n::set-env name=PATH::/evil',
    'fine\r::stop-commands::x',
    '\u001b[0m::error::x',
    '\u00a0::error::x',
    '\u0000::error::x',
    '\u202e::error::x',
    'text ##[error]x',
    ':\u0007:error::x',
    '#\u0000#[error]x',
  ])('%j', text => {
    const lines = inertText(text).split(/\r\n|\r|\n/);
    expect(lines.filter(isCommand)).toEqual([]);
  });

  test('whatever the text is made of', () => {
    const pieces = fc.constantFrom(
      ':',
      '::',
      '#',
      '##[',
      '[',
      ']',
      'error',
      ' ',
      '\t',
      '\r',
      '\n',
      '\u001b[0m',
      '\u0000',
      '\u2028',
      '\ufeff',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), text => {
        const lines = inertText(text.join('')).split(/\r\n|\r|\n/);
        expect(lines.filter(isCommand)).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  test('and other text stays as it is', () => {
    expect(inertText('std::string a::b # #[x]')).toBe('std::string a::b # #[x]');
  });
});
