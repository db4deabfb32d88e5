import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface BackendRequest {
  readonly request: IncomingMessage;
  /** Folder of the repositories. */
  readonly root: string;
  /** Who signed in; git http-backend lets nobody else push. */
  readonly user: string | undefined;
  /** Speaks the protocol before version 2, whatever the client asks for. */
  readonly oldProtocol: boolean;
}

export interface BackendAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Runs `git http-backend` for one request (CGI, RFC 3875; git-http-backend(1)) and gives its whole answer, with the request's size. */
export async function askBackend(asked: BackendRequest): Promise<BackendAnswer & { readonly received: number }> {
  const child = spawn('git', ['http-backend'], { env: cgiEnvironment(asked), stdio: ['pipe', 'pipe', 'ignore'] });
  const output: Buffer[] = [];
  let received = 0;
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stdin.on('error', () => undefined);
  asked.request.on('data', (chunk: Buffer) => {
    received += chunk.length;
  });
  asked.request.pipe(child.stdin);
  // A client that breaks off must not leave git waiting for the rest of its request.
  asked.request.once('close', () => child.stdin.end());
  await once(child, 'close');
  return { ...parseAnswer(Buffer.concat(output)), received };
}

function cgiEnvironment({ request, root, user, oldProtocol }: BackendRequest): NodeJS.ProcessEnv {
  const { pathname, search } = new URL(request.url ?? '/', 'http://server');
  const { headers } = request;
  return {
    PATH: process.env['PATH'],
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    REQUEST_METHOD: request.method,
    PATH_INFO: decodeURIComponent(pathname),
    QUERY_STRING: search.slice(1),
    CONTENT_TYPE: headers['content-type'],
    CONTENT_LENGTH: headers['content-length'],
    HTTP_CONTENT_ENCODING: headers['content-encoding'],
    GIT_PROTOCOL: oldProtocol ? undefined : headers['git-protocol']?.toString(),
    REMOTE_USER: user,
    REMOTE_ADDR: '127.0.0.1',
  };
}

function parseAnswer(output: Buffer): BackendAnswer {
  const end = output.indexOf('\r\n\r\n');
  if (end < 0) return { status: 500, headers: {}, body: output };
  const lines = output.subarray(0, end).toString('latin1').split('\r\n');
  const headers = Object.fromEntries(
    lines.map(line => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const { status = '200', ...rest } = headers;
  return { status: Number.parseInt(status, 10), headers: rest, body: output.subarray(end + 4) };
}

/** The advertisement of a server that cannot clone shallowly: the word is spoilt, so that no length changes. */
export function withoutShallow(answer: BackendAnswer): BackendAnswer {
  const body = Buffer.from(answer.body.toString('latin1').replaceAll(' shallow ', ' sHALLOW '), 'latin1');
  return { ...answer, body };
}

/** Waits, but no longer than the client does. */
export async function delay(request: IncomingMessage, milliseconds: number): Promise<void> {
  const gone = new AbortController();
  request.socket.once('close', () => gone.abort());
  await sleep(milliseconds, undefined, { signal: gone.signal, ref: false }).catch(() => undefined);
}
