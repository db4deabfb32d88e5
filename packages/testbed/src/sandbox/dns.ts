import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server, type Socket as Stream } from 'node:net';
import { join } from 'node:path';
import { decode, encode, type Packet, streamDecode, streamEncode } from 'dns-packet';
import { takeLock } from '../lock.ts';
import { nameServer } from './aws-hosts.ts';
import { currentSandbox } from './current.ts';
import { answerQuery } from './zone.ts';

/** A name server for one zone, by UDP and TCP. */
export interface Dns {
  /** Where it listens, port 53; /etc/resolv.conf of a sandbox names it. */
  readonly address: string;
  /** The names that were asked for, in order, with the kind of record, as in `A shop.example`. */
  readonly queries: () => readonly string[];
  /** Has a name exist with an address, or no more. */
  readonly set: (name: string, address: string) => void;
  readonly remove: (name: string) => void;
  readonly stop: () => Promise<void>;
}

/**
 * Starts the name server of the sandbox, for the zone of Elastic Load Balancing's names: it has authority over them, names itself as
 * their name server, denies those that do not exist for 60 s, and refuses what is outside of the zone.
 * There is one at a time, so a second caller waits for the first to stop it.
 */
export async function startDns(): Promise<Dns> {
  const { folder } = await currentSandbox();
  const turn = await takeLock({ file: join(folder, 'dns.lock'), ifHeld: 'wait' });
  const records = new Map<string, string>();
  const asked: string[] = [];
  const answer = (query: Packet): Packet => {
    for (const { type, name } of query.questions ?? []) asked.push(`${type} ${name}`);
    return answerQuery(query, records);
  };
  const datagrams = await listenDatagrams(answer);
  const streams = await listenStreams(answer);
  const stop = async (): Promise<void> => {
    datagrams.close();
    await new Promise<void>(resolve => streams.close(() => resolve()));
    await turn?.release();
  };
  return {
    address: nameServer.address,
    queries: () => [...asked],
    set: (name, address) => void records.set(name.toLowerCase(), address),
    remove: name => void records.delete(name.toLowerCase()),
    stop,
  };
}

type Answering = (query: Packet) => Packet;

async function listenDatagrams(answer: Answering): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('message', (message, { port, address }) => socket.send(encode(answer(decode(message))), port, address));
  socket.bind(53, nameServer.address);
  await once(socket, 'listening');
  socket.unref();
  return socket;
}

async function listenStreams(answer: Answering): Promise<Server> {
  const server = createServer(stream => answerStream(stream, answer));
  server.listen(53, nameServer.address);
  await once(server, 'listening');
  server.unref();
  return server;
}

/** One query a connection is all that resolvers of tests send. */
function answerStream(stream: Stream, answer: Answering): void {
  const chunks: Buffer[] = [];
  stream.on('error', () => stream.destroy());
  stream.on('data', chunk => {
    chunks.push(Buffer.from(chunk));
    const message = Buffer.concat(chunks);
    if (message.length >= 2 && message.length >= message.readUInt16BE(0) + 2)
      stream.end(streamEncode(answer(streamDecode(message))));
  });
}
