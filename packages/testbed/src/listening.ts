import type { Server } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';

/** Listens on an address; port 0 lets the system choose one. */
export async function listen(server: Server, { address, port }: { address: string; port: number }): Promise<{ port: number }> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: address, port }, resolve);
  });
  server.unref();
  return { port: (server.address() as AddressInfo).port };
}

/** Stops a server and breaks off the connections that it still has. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>(resolve => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

/** A port of an address (default 127.0.0.1) that is free now, for servers that cannot be left to choose one; another process may yet be quicker to take it. */
export async function freePort(address = '127.0.0.1'): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen({ host: address, port: 0 }, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>(resolve => server.close(() => resolve()));
  return port;
}
