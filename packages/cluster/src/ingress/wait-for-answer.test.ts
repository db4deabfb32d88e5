import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Expectation, parseStatusRange, parseTextPattern } from './expectation.ts';
import { startZoneServer, type ZoneServer } from './names/zone-server.ts';
import { parseUrlTemplate } from './target.ts';
import { type Answered, type WaitOptions, waitForAnswer } from './wait-for-answer.ts';

const expectation: Expectation = {
  statuses: [parseStatusRange('200')],
  headers: [],
  body: parseTextPattern('Retail Store Sample New'),
};
const page = (title: string) => `<title>${title}</title>`;

let answers: ((response: ServerResponse) => void)[] = [];
let asked = 0;
/** Gives the answers in turn, the last of them for ever. */
const inTurn: RequestListener = (_, response) => {
  const answer = answers[Math.min(asked, answers.length - 1)];
  asked += 1;
  answer?.(response);
};
const server = createServer(inTurn);
let port: number;
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

let told: string[];
beforeEach(() => {
  told = [];
  asked = 0;
});

function wait(more: Partial<WaitOptions> = {}): Promise<Answered> {
  return waitForAnswer({
    subject: { kind: 'url', template: parseUrlTemplate(`http://127.0.0.1:${port}{path}`) },
    path: '/home',
    expectation,
    consecutive: 2,
    timeout: 30_000,
    signal: new AbortController().signal,
    onProgress: sentence => told.push(sentence.replace(/ \([\d.]+ s\)$/, '')),
    onNotice: notice => told.push(notice),
    ...more,
  });
}

const busy = (response: ServerResponse) => response.writeHead(503).end('busy');
const old = (response: ServerResponse) => response.end(page('Retail Store Sample'));
const fresh = (response: ServerResponse) => response.end(page('Retail Store Sample New'));

describe('a wait', () => {
  test('ends with the expected page so many times in a row, and tells each thing once', async () => {
    answers = [busy, busy, old, fresh, old, fresh];
    const answered = await wait();
    expect(asked).toBe(7);
    expect(answered).toMatchObject({ hostname: '127.0.0.1', url: `http://127.0.0.1:${port}/home` });
    expect(answered.times.map(({ stage }) => stage)).toEqual(['connection', 'status', 'body', 'consecutive']);
    const subject = `http://127.0.0.1:${port}/home`;
    const older = `Waiting for ${subject}: its page does not hold what is expected (found: the page "Retail Store Sample" of 34 characters without it)`;
    const few = `Waiting for ${subject}: it has not answered as expected often enough in a row (found: 1)`;
    expect(told).toEqual([
      '127.0.0.1 accepts connections.',
      `Waiting for ${subject}: it does not answer with the expected status (found: 503 Service Unavailable)`,
      'It answers with 200.',
      older,
      'Its page holds what is expected.',
      few,
      older,
      few,
      `${subject} answers as expected.`,
    ]);
  });

  test('that runs out of time names the stage, what was found there, and the page', async () => {
    answers = [busy];
    await expect(wait({ timeout: 1_000 })).rejects.toMatchObject({
      code: 'TIMED_OUT',
      message: `http://127.0.0.1:${port}/home is not answering after 1 s: it does not answer with the expected status (stage status).`,
      failure: {
        expected: '200',
        found: '503 Service Unavailable',
        likely: expect.stringContaining('no healthy target'),
        detail: 'busy',
      },
    });
  });

  test('goes through the proxy that the environment names, which finds the name, unless the host is exempt', async () => {
    answers = [fresh];
    const template = parseUrlTemplate('http://shop.invalid/');
    const env = { HTTP_PROXY: `http://127.0.0.1:${port}`, NO_PROXY: 'other.invalid' };
    const answered = await wait({ subject: { kind: 'url', template }, env });
    expect(answered.times.map(({ stage }) => stage)).toEqual(['connection', 'status', 'body', 'consecutive']);
    expect(told[0]).toBe(`The proxy 127.0.0.1:${port} accepts connections.`);
    const direct = wait({ subject: { kind: 'url', template }, env: { ...env, NO_PROXY: 'shop.invalid' }, timeout: 500 });
    await expect(direct).rejects.toMatchObject({ message: expect.stringContaining('(stage name)') });
  });

  test('is over with a cancel, in the middle of an answer too', async () => {
    const cancel = new AbortController();
    answers = [() => cancel.abort(new Error('enough'))];
    await expect(wait({ signal: cancel.signal })).rejects.toThrow('enough');
  });
});

describe('a name', () => {
  const servers: ZoneServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map(one => one.stop()));
  });

  test('is waited for, and is asked for under its own Host', async () => {
    const host = 'k8s-ui-ui-1.us-west-2.elb.example';
    const resolver = await startZoneServer({
      'us-west-2.elb.example': { NS: 'ns.elb.example' },
      'ns.elb.example': { A: '127.0.0.2' },
    });
    const own = await startZoneServer({}, '127.0.0.2', resolver.port);
    servers.push(resolver, own);
    answers = [response => response.end(`${response.req.headers.host} Retail Store Sample New`)];
    const answered = await wait({
      subject: { kind: 'url', template: parseUrlTemplate(`http://${host}:${port}/`) },
      names: { resolvers: [`127.0.0.1:${resolver.port}`], port: resolver.port },
      onProgress: sentence => {
        told.push(sentence);
        if (sentence.startsWith('Waiting')) own.serve({ [host]: { A: '127.0.0.1' } });
      },
      expectation: { ...expectation, body: parseTextPattern(`${host}:${port} Retail`) },
    });
    expect(answered.times.map(({ stage }) => stage)).toEqual(['name', 'connection', 'status', 'body', 'consecutive']);
    expect(told.slice(0, 3)).toEqual([
      expect.stringContaining('its name does not resolve'),
      'A new load balancer takes 2 to 5 minutes until it answers: that is normal.',
      expect.stringContaining(`${host} is 127.0.0.1.`),
    ]);
  });
});
