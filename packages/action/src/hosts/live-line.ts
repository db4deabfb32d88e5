import type { TextStream } from './text-stream.ts';

/** One line at the bottom of a terminal that is painted over again and again. */
export interface LiveLine {
  isOpen(): boolean;
  /** Starts a title; gives what ends it and hands out the lines said meanwhile. */
  open(title: string): () => readonly string[];
  /** Shows the last line of `text` beside the newest title. */
  say(text: string): void;
  /** Wipes the line, so that something else can be printed. */
  clear(): void;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const wipe = '\r\u001b[2K';
const repaintEvery = 100;

interface Title {
  readonly title: string;
  readonly started: number;
  readonly lines: string[];
}

export function createLiveLine(stream: TextStream): LiveLine {
  const titles: Title[] = [];
  let timer: NodeJS.Timeout | undefined;
  const paint = (): void => {
    const newest = titles.at(-1);
    if (newest !== undefined) stream.write(`${wipe}${lineOf(newest, (stream.columns ?? 80) - 1)}`);
  };
  const clear = (): void => void stream.write(wipe);
  return {
    isOpen: () => titles.length > 0,
    clear,
    open(title) {
      const opened: Title = { title, started: performance.now(), lines: [] };
      titles.push(opened);
      timer ??= setInterval(paint, repaintEvery).unref();
      paint();
      return () => {
        titles.splice(titles.indexOf(opened), 1);
        if (titles.length === 0) {
          clearInterval(timer);
          timer = undefined;
        }
        clear();
        return opened.lines;
      };
    },
    say(text) {
      titles.at(-1)?.lines.push(...text.split('\n'));
      paint();
    },
  };
}

function lineOf({ title, started, lines }: Title, width: number): string {
  const elapsed = performance.now() - started;
  const frame = frames[Math.floor(elapsed / repaintEvery) % frames.length];
  const line = `${frame} ${title} ${Math.floor(elapsed / 1000)}s  ${lines.at(-1) ?? ''}`.replaceAll('\t', ' ');
  return [...line].slice(0, width).join('');
}
