import { once } from 'node:events';
import { createServer } from 'node:http';

export interface EksApi {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Stands in for Amazon EKS's DescribeCluster (API reference): it knows these clusters alone. */
export async function startEksApi(clusters: () => Readonly<Record<string, object>>): Promise<EksApi> {
  const server = createServer((request, response) => {
    const name = /^\/clusters\/([^/?]+)$/.exec(request.url ?? '')?.[1] ?? '';
    const cluster = clusters()[name];
    const missing = { message: `No cluster found for name: ${name}.` };
    const error = cluster === undefined ? { 'x-amzn-errortype': 'ResourceNotFoundException' } : {};
    response.writeHead(cluster === undefined ? 404 : 200, { 'content-type': 'application/json', ...error });
    response.end(JSON.stringify(cluster === undefined ? missing : { cluster: { name, status: 'ACTIVE', ...cluster } }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${port}`, stop };
}
