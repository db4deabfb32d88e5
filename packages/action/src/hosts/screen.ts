import { styleText } from 'node:util';
import type { Log } from '../context.ts';
import type { Environment } from './environment.ts';
import { createLiveLine, type LiveLine } from './live-line.ts';
import type { TextStream } from './text-stream.ts';

export interface ScreenOptions {
  readonly stream: TextStream;
  readonly env: Environment;
  readonly detail: 'quiet' | 'normal' | 'verbose';
  readonly clean: (text: string) => string;
}

/** What people see of a run, on standard error. */
export interface Screen extends Log {
  error(text: string): void;
}

type Colour = 'red' | 'yellow' | 'cyan' | 'dim';

/** On a terminal the lines of a group pass by in one live line and stay only when it fails; elsewhere every line is printed. */
export function createScreen({ stream, env, detail, clean }: ScreenOptions): Screen {
  const isTerminal = stream.isTTY === true && env['TERM'] !== 'dumb';
  const coloured = isTerminal && !env['NO_COLOR'];
  const live = isTerminal && detail === 'normal' ? createLiveLine(stream) : undefined;
  const paint = (colour: Colour, text: string): string => (coloured ? styleText(colour, text, { validateStream: false }) : text);
  const print = (text: string): void => {
    live?.clear();
    stream.write(`${text}\n`);
  };
  const label = (colour: Colour, word: string, text: string): void => print(`${paint(colour, `${word}:`)} ${clean(text)}`);
  return {
    info(message) {
      if (detail === 'quiet') return;
      if (live?.isOpen()) live.say(clean(message));
      else print(clean(message));
    },
    notice: message => (detail === 'quiet' ? undefined : label('cyan', 'note', message)),
    warning: message => label('yellow', 'warning', message),
    error: text => label('red', 'error', text),
    debug: message => (detail === 'verbose' ? label('dim', 'debug', message) : undefined),
    async group(title, run) {
      if (live !== undefined) return liveGroup({ live, title: clean(title), run, print });
      if (detail !== 'quiet') print(clean(title));
      return run();
    },
  };
}

interface LiveGroup<T> {
  readonly live: LiveLine;
  readonly title: string;
  readonly run: () => Promise<T>;
  readonly print: (text: string) => void;
}

async function liveGroup<T>({ live, title, run, print }: LiveGroup<T>): Promise<T> {
  const started = performance.now();
  const close = live.open(title);
  const seconds = (): string => `${((performance.now() - started) / 1000).toFixed(1)}s`;
  try {
    const result = await run();
    close();
    print(`✓ ${title} ${seconds()}`);
    return result;
  } catch (thrown) {
    for (const line of close()) print(line);
    print(`✗ ${title} ${seconds()}`);
    throw thrown;
  }
}
