import { createServer, type IncomingMessage, type Server, type ServerResponse, request as sendRequest } from 'node:http';
import type { KubernetesApi } from '../cluster/api.ts';
import { listen } from '../listening.ts';
import { type AlbIngress, listTargets, readAlbIngress, type Target } from './routes.ts';

export interface ServedIngress {
  readonly api: KubernetesApi;
  readonly ingress: AlbIngress;
  readonly address: string;
}

/** Answers on port 80 of an address for an Ingress, by its ready targets in turn; 503 while there are none, 502 when one breaks off. */
export async function serveTargets({ api, ingress, address }: ServedIngress): Promise<Server> {
  let turn = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const targets = await listTargets(api, await readAlbIngress(api, ingress));
    turn += 1;
    const target = targets[turn % targets.length];
    if (target === undefined) fail(response, 503, 'Service Temporarily Unavailable');
    else await passOn({ request, response, target });
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => fail(response, 502, 'Bad Gateway'));
  });
  await listen(server, { address, port: 80 });
  return server;
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
