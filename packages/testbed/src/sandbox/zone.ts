import { type Answer, AUTHORITATIVE_ANSWER, type Packet, RECURSION_DESIRED } from 'dns-packet';
import { nameServer } from './aws-hosts.ts';

const ttl = 60;
const refused = 5;
const noSuchName = 3;

/** Answers a query about a zone with the addresses that its names have (RFC 1034, section 4.3.2, and RFC 2308 for denials). */
export function answerQuery({ id = 0, flags = 0, questions = [] }: Packet, records: ReadonlyMap<string, string>): Packet {
  const reply = { type: 'response', id, questions } as const;
  const head = AUTHORITATIVE_ANSWER | (flags & RECURSION_DESIRED);
  const [question] = questions;
  const name = question?.name.toLowerCase() ?? '';
  const { zone } = nameServer;
  if (question === undefined || (name !== zone && !name.endsWith(`.${zone}`))) return { ...reply, flags: head | refused };
  const all = recordsOf(name, records);
  const answers = all.filter(({ type }) => type === question.type);
  if (answers.length > 0) return { ...reply, flags: head, answers };
  return { ...reply, flags: all.length > 0 ? head : head | noSuchName, authorities: [authority] };
}

const authority: Answer = {
  type: 'SOA',
  name: nameServer.zone,
  ttl,
  data: {
    mname: nameServer.name,
    rname: `hostmaster.${nameServer.zone}`,
    serial: 1,
    refresh: 7200,
    retry: 900,
    expire: 1_209_600,
    minimum: ttl,
  },
};

function recordsOf(name: string, records: ReadonlyMap<string, string>): Answer[] {
  if (name === nameServer.zone) return [authority, { type: 'NS', name, ttl, data: nameServer.name }];
  const address = name === nameServer.name ? nameServer.address : records.get(name);
  return address === undefined ? [] : [{ type: 'A', name, ttl, data: address }];
}
