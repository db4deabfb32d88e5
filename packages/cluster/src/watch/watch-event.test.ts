import { expect, test } from '@jest/globals';
import { readWatchEvent } from './watch-event.ts';

const object = { kind: 'Pod', metadata: { name: 'ui', resourceVersion: '7' } };
const status = (more: object): object => ({ type: 'ERROR', object: { kind: 'Status', ...more } });

test.each([
  [
    { type: 'ADDED', object },
    { type: 'changed', object, version: '7' },
  ],
  [
    { type: 'MODIFIED', object },
    { type: 'changed', object, version: '7' },
  ],
  [
    { type: 'DELETED', object },
    { type: 'deleted', object, version: '7' },
  ],
  [
    { type: 'BOOKMARK', object },
    { type: 'bookmark', version: '7' },
  ],
  [status({ code: 410, reason: 'Expired', message: 'too old resource version: 1 (9)' }), { type: 'expired' }],
  [status({ code: 410 }), { type: 'expired' }],
  [status({ reason: 'Gone' }), { type: 'expired' }],
  [
    status({ code: 500, message: 'etcd event received with PrevKv=nil' }),
    { type: 'failed', words: 'etcd event received with PrevKv=nil' },
  ],
  [
    { type: 'ERROR', object: {} },
    { type: 'failed', words: 'an error without words' },
  ],
])('%j', (line, event) => {
  expect(readWatchEvent(JSON.stringify(line))).toEqual(event);
});

test.each(['', '<html>', '{"type":"ADDED","object":{}}', '{"type":"MOVED","object":{}}', 'null'])('%j is no event', text => {
  expect(readWatchEvent(text)).toMatchObject({ type: 'failed', words: expect.stringContaining('not an event') });
});
