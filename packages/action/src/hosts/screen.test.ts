import { describe, expect, test } from '@jest/globals';
import { createScreen, type ScreenOptions } from './screen.ts';

const escapeCode = '\u001b';

async function seen({ isTTY, ...options }: Partial<ScreenOptions> & { isTTY: boolean; fails?: boolean }): Promise<string> {
  let text = '';
  const stream = { isTTY, columns: 40, write: (more: string) => (text += more) };
  const screen = createScreen({ stream, env: {}, detail: 'normal', clean: words => words, ...options });
  screen.info('before');
  const group = screen.group('Building', async () => {
    screen.info('a line of the build');
    if (options.fails) throw new Error('stop');
  });
  await group.catch(() => undefined);
  screen.debug('detail');
  screen.notice('known');
  screen.warning('careful');
  screen.error('bad');
  return text;
}

/** What stays on a terminal when every wiped line is gone. */
function remaining(text: string): string[] {
  return text.split('\n').map(line => line.slice(line.lastIndexOf(`${escapeCode}[2K`) + 1).replace('[2K', ''));
}

test('elsewhere than on a terminal every line is printed plainly, as it comes', async () => {
  expect(await seen({ isTTY: false })).toBe('before\nBuilding\na line of the build\nnote: known\nwarning: careful\nerror: bad\n');
});

describe('on a terminal', () => {
  test('the lines of a group that ends well pass by, and its title stays', async () => {
    const text = await seen({ isTTY: true, env: { NO_COLOR: '1' } });
    expect(text).toContain('a line of the b');
    expect(remaining(text).map(line => line.replace(/\d+\.\ds$/, 'TIME'))).toEqual([
      'before',
      '✓ Building TIME',
      'note: known',
      'warning: careful',
      'error: bad',
      '',
    ]);
  });

  test('the lines of a group that fails stay', async () => {
    expect(remaining(await seen({ isTTY: true, fails: true }))).toContain('a line of the build');
  });

  test('there are colours, unless NO_COLOR says otherwise', async () => {
    expect(await seen({ isTTY: true })).toContain(`${escapeCode}[31merror:`);
    expect(await seen({ isTTY: true, env: { NO_COLOR: '1' } })).not.toContain(`${escapeCode}[3`);
  });

  test('a dumb one gets plain lines', async () => {
    expect(await seen({ isTTY: true, env: { TERM: 'dumb' } })).not.toContain(escapeCode);
  });
});

test('quiet says warnings and errors alone, verbose says everything', async () => {
  expect(await seen({ isTTY: false, detail: 'quiet' })).toBe('warning: careful\nerror: bad\n');
  expect(await seen({ isTTY: false, detail: 'verbose' })).toContain('debug: detail\n');
});
