import { describe, expect, test } from '@jest/globals';
import { readMarkerComment } from './marker-comment.ts';

const policy = { namespace: 'flux-system', name: 'ui' };

describe('a marker', () => {
  test.each([
    ['# {"$imagepolicy": "flux-system:ui"}', 'reference'],
    ['# {"$imagepolicy": "flux-system:ui:name"}', 'name'],
    ['# {"$imagepolicy": "flux-system:ui:tag"}', 'tag'],
    ['# {"$imagepolicy": "flux-system:ui:digest"}', 'digest'],
    ['#{"$imagepolicy":"flux-system:ui"}', 'reference'],
    ['## \t{ "$imagepolicy" : "flux-system:ui:tag" }  ', 'tag'],
    ['# {"$imagepolicy": "flux-system:ui:tag"}\r', 'tag'],
    ['# {"note": "see {this}", "$imagepolicy": "flux-system:ui"}', 'reference'],
    ['# {"$imagepolicy": "other:one", "$imagepolicy": "flux-system:ui"}', 'reference'],
  ])('is read from %j', (comment, form) => {
    expect(readMarkerComment(comment)).toEqual({ kind: 'marker', meaning: { policy, form } });
  });
});

test.each([
  '# {$imagepolicy: flux-system:ui}',
  "# {'$imagepolicy': 'flux-system:ui'}",
  '# {"$imagepolicy": "flux-system:ui"',
  '# {"$imagepolicy": "flux-system:ui"} # keep',
  '# {"$imagepolicy": "flux-system:ui"} {"$imagepolicy": "flux-system:api"}',
  '# {"$imagepolicy": "flux-system:ui", "n": 1}',
  '# {"$imagepolicy": ["flux-system:ui"]}',
  '# {"$imagepolicy": ""}',
  '# "$imagepolicy": "flux-system:ui"',
  '# $imagepolicy: flux-system:ui',
  '# {"$imagepolicy": "ui"}',
  '# {"$imagepolicy": ":ui"}',
  '# {"$imagepolicy": "flux-system/ui"}',
  '# {"$imagepolicy": "flux-system:ui:version"}',
  '# {"$imagepolicy": "flux-system:ui:tag:x"}',
  '# {"$imagepolicy": " flux-system:ui"}',
])('%j was meant as a marker and is none', comment => {
  expect(readMarkerComment(comment)).toEqual({ kind: 'malformed', reason: expect.any(String) });
});

test.each([
  '# the ui',
  '# image: ui:1 # {"$imagepolicy": "flux-system:ui"}',
  '# see {"$imagepolicy": "flux-system:ui"}',
  '# - {"$imagepolicy": "flux-system:ui"}',
  '# # {"$imagepolicy": "flux-system:ui"}',
  '# {"$openapi": "flux-system:ui"}',
  '# {"$ImagePolicy": "flux-system:ui"}',
])('%j is some other comment', comment => {
  expect(readMarkerComment(comment)).toEqual({ kind: 'other' });
});
