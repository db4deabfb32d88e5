import { expect, test } from '@jest/globals';
import { parseHeaderExpectation, parseStatusRange, parseTextPattern } from './expectation.ts';
import { judgeAnswer } from './judge-answer.ts';

const page = '<html><head><title>Retail Store Sample</title></head></html>';

function judge(
  answer: { status?: number; headers?: Record<string, string[]> },
  expected: { body?: string; header?: string } = {},
) {
  const { body, header } = expected;
  return judgeAnswer(
    { status: 200, headers: {}, body: page, ...answer },
    {
      statuses: [parseStatusRange('200')],
      headers: header === undefined ? [] : [parseHeaderExpectation(header)],
      body: body === undefined ? undefined : parseTextPattern(body),
    },
  );
}

test('an answer that is as expected lacks nothing', () => {
  const headers = { 'content-type': ['text/html'] };
  expect(judge({ headers }, { body: '/Retail Store Sample( New)?/', header: 'Content-Type: text/html' })).toBeUndefined();
});

test.each([
  ['no healthy targets', { status: 503 }, '503 Service Unavailable', 'no healthy target'],
  ['pods that break off', { status: 502 }, '502 Bad Gateway', 'break off'],
  ['pods that do not answer', { status: 504 }, '504 Gateway Timeout', 'security group'],
  ['a page that is not there', { status: 404 }, '404 Not Found', 'no such page'],
  [
    'no rule of the load balancer',
    { status: 404, headers: { server: ['awselb/2.0'] } },
    '404 Not Found',
    'no rule of the Ingress',
  ],
  ['a firewall', { status: 403 }, '403 Forbidden', 'AWS WAF'],
  [
    'a redirect',
    { status: 301, headers: { location: ['https://b.example/'] } },
    '301 Moved Permanently to https://b.example/',
    'not followed',
  ],
  ['a failing application', { status: 500 }, '500 Internal Server Error', 'the application fails'],
])('%s', (_, answer, found, likely) => {
  expect(judge(answer)).toMatchObject({
    stage: 'status',
    expected: '200',
    found,
    likely: expect.stringContaining(likely),
    detail: page,
  });
});

test('the older page is told by its title', () => {
  expect(judge({}, { body: 'Retail Store Sample New' })).toMatchObject({
    stage: 'body',
    expected: '"Retail Store Sample New"',
    found: `the page "Retail Store Sample" of ${page.length} characters without it`,
  });
});

test('a header is told with what is there', () => {
  expect(judge({ headers: { 'x-version': ['1'] } }, { header: 'X-Version: 2' })).toEqual({
    stage: 'header',
    expected: 'X-Version: 2',
    found: '1',
  });
  expect(judge({}, { header: 'X-Version' })).toMatchObject({ expected: 'X-Version', found: 'no X-Version' });
});
