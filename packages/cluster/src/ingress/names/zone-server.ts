import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** Records of one name by their type; a name that is none of a zone's is told not to exist. */
export type Zone = Readonly<
  Record<string, { readonly A?: string; readonly AAAA?: string; readonly NS?: string; readonly CNAME?: string }>
>;

/** A name server on loopback, for tests: it speaks RFC 1035 over UDP, with one record of a type at most. */
export interface ZoneServer {
  readonly address: string;
  readonly port: number;
  /** Sets what it serves from now on; undefined: it refuses. */
  readonly serve: (zone: Zone | undefined) => void;
  /** What it was asked, as `NAME TYPE`. */
  readonly asked: readonly string[];
  readonly stop: () => Promise<void>;
}

const types = { A: 1, NS: 2, CNAME: 5, AAAA: 28 } as const;
type RecordType = keyof typeof types;
const code = { fine: 0, noName: 3, refused: 5 } as const;

export async function startZoneServer(first: Zone | undefined, address = '127.0.0.1', port = 0): Promise<ZoneServer> {
  let zone = first;
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.unref().bind(port, address);
  await once(socket, 'listening');
  socket.on('message', (query, from) => {
    const question = readQuestion(query);
    asked.push(`${question.name} ${question.type ?? 'other'}`);
    socket.send(answer({ query, question, zone }), from.port, from.address);
  });
  return {
    address,
    port: socket.address().port,
    serve: next => {
      zone = next;
    },
    asked,
    stop: () => new Promise<void>(resolve => socket.close(() => resolve())),
  };
}

interface Question {
  readonly name: string;
  readonly type: RecordType | undefined;
  /** Where it ends in the query. */
  readonly end: number;
}

interface Query {
  readonly query: Buffer;
  readonly question: Question;
  readonly zone: Zone | undefined;
}

function answer({ query, question: { name, type, end }, zone }: Query): Buffer {
  const records = zone?.[name];
  const below = Object.keys(zone ?? {}).some(known => known.endsWith(`.${name}`));
  const rcode = zone === undefined ? code.refused : records === undefined && !below ? code.noName : code.fine;
  const record = records?.CNAME !== undefined ? encode('CNAME', records.CNAME) : type && encode(type, records?.[type]);
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8400 | rcode, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(record === undefined ? 0 : 1, 6);
  return Buffer.concat([header, query.subarray(12, end), record ?? Buffer.alloc(0)]);
}

function readQuestion(query: Buffer): Question {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  const number = query.readUInt16BE(at + 1);
  const type = (['A', 'NS', 'CNAME', 'AAAA'] as const).find(one => types[one] === number);
  return { name: labels.join('.').toLowerCase(), type, end: at + 5 };
}

/** A record of the name in the question, which a pointer to byte 12 stands for. */
function encode(type: RecordType, value: string | undefined): Buffer | undefined {
  if (value === undefined) return undefined;
  const data = encodeData(type, value);
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(types[type], 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(60, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

/** An IPv6 address is written with all its eight parts. */
function encodeData(type: RecordType, value: string): Buffer {
  if (type === 'A') return Buffer.from(value.split('.').map(Number));
  return type === 'AAAA' ? Buffer.from(value.replaceAll(':', ''), 'hex') : encodeName(value);
}

function encodeName(name: string): Buffer {
  const labels = name.split('.').map(label => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.alloc(1)]);
}
