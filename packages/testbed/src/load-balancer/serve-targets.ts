import { createServer, type IncomingMessage, type Server, type ServerResponse, request as sendRequest } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { KubernetesApi } from '../cluster/api.ts';
import { listen } from '../listening.ts';
import { currentSandbox } from '../sandbox/current.ts';
import { type AlbIngress, listTargets, readAlbIngress, type Target } from './routes.ts';

export interface ServedIngress {
  readonly api: KubernetesApi;
  readonly ingress: AlbIngress;
  readonly address: string;
  /** What the certificate is of, where it serves TLS: one of the sandbox's own authority. */
  readonly hostname: string;
}

/** Answers on an address for an Ingress, by its ready targets in turn; 503 while there are none, 502 when one breaks off. */
export async function serveTargets({ api, ingress, address, hostname }: ServedIngress): Promise<Server[]> {
  let turn = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const targets = await listTargets(api, await readAlbIngress(api, ingress));
    turn += 1;
    const target = targets[turn % targets.length];
    if (target === undefined) fail(response, 503, 'Service Temporarily Unavailable');
    else await passOn({ request, response, target });
  };
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    answer(request, response).catch(() => fail(response, 502, 'Bad Gateway'));
  };
  const { authority } = await currentSandbox();
  const { certificate, key } = await authority.issue([hostname]);
  return Promise.all(
    ingress.listeners.map(async ({ protocol, port }) => {
      const server = protocol === 'HTTP' ? createServer(handle) : createTlsServer({ cert: certificate, key }, handle);
      await listen(server, { address, port });
      return server;
    }),
  );
}

function fail(response: ServerResponse, status: number, words: string): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(status, { server: 'awselb/2.0', 'content-type': 'text/html' }).end(`<h1>${status} ${words}</h1>\n`);
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: Target;
}

async function passOn({ request, response, target }: Exchange): Promise<void> {
  const { method, url: path, headers } = request;
  const upstream = sendRequest({ host: target.address, port: target.port, method, path, headers, agent: false });
  const answered = new Promise<IncomingMessage>((resolve, reject) => upstream.once('response', resolve).once('error', reject));
  request.pipe(upstream);
  response.once('close', () => upstream.destroy());
  const incoming = await answered;
  response.writeHead(incoming.statusCode ?? 502, incoming.headers);
  incoming.once('error', () => response.destroy()).pipe(response);
}
