import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectSecurely, getCACertificates, type TLSSocket } from 'node:tls';
import { within } from './within.ts';

export interface ConnectOptions {
  /** An IP address; of a proxy a host name too. */
  readonly address: string;
  readonly port: number;
  /** Ends the connection too. */
  readonly signal: AbortSignal;
  /** Milliseconds until it is given up, with an error of code ETIMEDOUT. */
  readonly limit: number;
}

/** Opens a new connection. Rejects with the system's error, or the signal's reason. */
export async function openConnection({ address, port, signal, limit }: ConnectOptions): Promise<Socket> {
  const socket = connect({ host: address, port });
  return opened(socket, 'connect', { signal, limit });
}

export interface SecureOptions extends Omit<ConnectOptions, 'port'> {
  /** The name that is asked for by SNI, and that the certificate has to be of; an address where there is no name. */
  readonly serverName: string;
  /** PEM certificates that are trusted beside those that Node trusts. */
  readonly ca?: string | undefined;
}

/** Speaks TLS on an open connection. Rejects with Node's error where the certificate is not trusted or of another name. */
export async function secureConnection(
  socket: Socket,
  { address, serverName, ca, signal, limit }: SecureOptions,
): Promise<TLSSocket> {
  const secure = connectSecurely({
    socket,
    host: address,
    ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
    ...(ca === undefined ? {} : { ca: [...getCACertificates('default'), ca] }),
    ALPNProtocols: ['http/1.1'],
  });
  return opened(secure, 'secureConnect', { signal, limit });
}

/** The socket once it is open; it is destroyed when it does not open, and when the signal ends it later. */
async function opened<T extends Socket>(
  socket: T,
  event: 'connect' | 'secureConnect',
  options: Pick<ConnectOptions, 'signal' | 'limit'>,
): Promise<T> {
  const end = (): void => void socket.destroy();
  options.signal.addEventListener('abort', end, { once: true });
  socket.once('close', () => options.signal.removeEventListener('abort', end));
  try {
    await within(options, signal => once(socket, event, { signal }));
    return socket;
  } catch (thrown) {
    socket.on('error', () => undefined).destroy();
    throw thrown;
  }
}
