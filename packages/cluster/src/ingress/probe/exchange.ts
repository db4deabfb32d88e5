import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import type { Answer } from './answer.ts';
import { within } from './within.ts';

export interface ExchangeOptions {
  /** With the query; for a proxy the whole URL. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The Host header. */
  readonly host: string;
  readonly signal: AbortSignal;
  /** Milliseconds for the whole answer. */
  readonly limit: number;
}

/** A page is told by its first mebibyte; more is not read. */
const largestBody = 1_048_576;

/** One GET on an open connection, which is closed with it; redirects are answers. Rejects with Node's error, or the signal's reason. */
export async function exchange(socket: Socket, options: ExchangeOptions): Promise<Answer> {
  const { path, host } = options;
  const headers = { ...options.headers, host, accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'eks-gitops-actions' };
  return within(options, async signal => {
    const sent = request({ createConnection: () => socket, path, headers, signal }).end();
    try {
      const [message]: IncomingMessage[] = await once(sent, 'response');
      if (message === undefined) throw new Error('no answer came');
      const body = decode(await readStart(message), message.headers['content-type'] ?? '');
      return { status: message.statusCode ?? 0, headers: present(message.headersDistinct), body };
    } finally {
      sent.on('error', () => undefined).destroy();
    }
  });
}

async function readStart(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= largestBody) break;
  }
  return Buffer.concat(chunks).subarray(0, largestBody);
}

function decode(body: Buffer, contentType: string): string {
  const charset = /charset="?([\w-]+)/i.exec(contentType)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    return body.toString('utf8');
  }
}

function present(headers: NodeJS.Dict<string[]>): Answer['headers'] {
  return Object.fromEntries(Object.entries(headers).map(([name, values = []]) => [name, values]));
}
