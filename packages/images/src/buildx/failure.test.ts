import { describe, expect, test } from '@jest/globals';
import { classifyFailure, explainFailure } from './failure.ts';

const failed = 'ERROR: failed to build: failed to solve: ';
const step = { name: '[build 2/3] RUN make', error: 'process', log: ['cc x.c', 'x.c:1: error'] };
const request = { repository: { registry: 'registry.example.com', path: 'shop/ui' } };

// The words are those of buildx 0.38 and BuildKit 0.34 before a registry that failed in each of these ways.
test.each([
  ['failed to push r/a: unavailable: down for a moment', 'transient'],
  [
    'failed to push r/a: unexpected status from POST request to http://r/v2/a/blobs/uploads/: 429 Too Many Requests: toomanyrequests',
    'transient',
  ],
  ['failed to push r/a: unexpected status from PUT request to https://r/v2/a/manifests/x: 502 Bad Gateway', 'transient'],
  [
    'failed to push r/a: failed to do request: Post "http://r/v2/": read tcp 1:2->3:4: read: connection reset by peer',
    'transient',
  ],
  ['failed to push r/a: failed to do request: Put "https://r/v2/": net/http: TLS handshake timeout', 'transient'],
  ['failed to push r/a: denied: User is not authorized to perform: ecr:InitiateLayerUpload', 'denied'],
  ['failed to push r/a: unexpected status from HEAD request to http://r/v2/a/blobs/sha256:1: 401 Unauthorized', 'denied'],
  ['failed to push r/a: unknown: The repository with name a does not exist', 'push'],
  [
    'alpine:3: failed to resolve source metadata for docker.io/library/alpine:3: unexpected status from HEAD request to https://d/: 429 Too Many Requests',
    'transient',
  ],
  ['alpine:3: failed to resolve source metadata for docker.io/library/alpine:3: docker.io/library/alpine:3: not found', 'build'],
  [
    'process "/bin/sh -c echo failed to push r/a: 503 Service Unavailable; false" did not complete successfully: exit code: 1',
    'build',
  ],
  ['failed to compute cache key: failed to calculate checksum of ref a::b: "/503 connection reset by peer": not found', 'build'],
  ['dockerfile parse error on line 2: unknown instruction: failed to push', 'build'],
])('%s: %s', (error, kind) => {
  expect(classifyFailure({ words: `Dockerfile:3\n   3 | >>> RUN failed to push x: 503 Y\n${failed}${error}`, step })).toBe(kind);
});

test.each([
  ['ERROR: no builder "nope" found', undefined],
  ['ERROR: failed to connect to the docker API at unix:///var/run/docker.sock; check if the daemon is running', undefined],
  ['ERROR: failed to build: context deadline exceeded', { ...step, name: '[internal] waiting for connection' }],
])('%s is the builder’s', (words, at) => {
  expect(classifyFailure({ words, step: at })).toBe('builder');
});

describe('the error', () => {
  const excerpt = 'Dockerfile:2\n--------------------\n   2 | >>> RUN make\n--------------------';

  test('of a failing step has its name, its last log lines, the lines of the Dockerfile and the cause', () => {
    const error = explainFailure(
      { step, words: `${excerpt}\n${failed}process "make" did not complete successfully: exit code: 2` },
      request,
    );
    expect(error.failure).toMatchObject({
      code: 'BUILD_FAILED',
      message: 'The build failed in the step [build 2/3] RUN make.',
      found: 'process "make" did not complete successfully: exit code: 2',
      detail: `[build 2/3] RUN make\n| cc x.c\n| x.c:1: error\n\n${excerpt}`,
    });
  });

  test.each([
    ['failed to push r/a: denied: no', 'REGISTRY_DENIED', /role needs ecr:InitiateLayerUpload/],
    [
      'failed to push r/a: denied: User: u is not authorized to perform: ecr:PutImage on resource: arn:x because no identity-based policy allows the ecr:PutImage action',
      'REGISTRY_DENIED',
      /"Action":"ecr:PutImage","Resource":"arn:x"/,
    ],
    [
      "failed to push r/a: tag invalid: The image tag 'c' already exists in the 'a' repository and cannot be overwritten because the tag is immutable.",
      'PUSH_FAILED',
      /let cache-\* move/,
    ],
    ['failed to push r/a: unknown: no such repository', 'PUSH_FAILED', /create-repository: true/],
    ['failed to push r/a: unavailable: no', 'PUSH_FAILED', /again later/],
  ])('of %s is %s with what to do', (error, code, remedy) => {
    const failure = explainFailure({ step: undefined, words: failed + error }, request);
    expect(failure).toMatchObject({ code, failure: { remedy: expect.stringMatching(remedy) } });
  });
});
