import { expect, test } from '@jest/globals';
import { describeChanges } from './changes.ts';
import { actionRun, at } from './execution-fixture.ts';

const source = actionRun({ id: 's', stage: 'Source', action: 'source', status: 'Succeeded', updated: at(4) });
const building = actionRun({ started: at(5), updated: at(5), url: 'https://console.example/b' });
const built = actionRun({ started: at(5), updated: at(65), status: 'Succeeded' });
const failed = actionRun({ started: at(5), updated: at(65), status: 'Failed' });
const again = actionRun({ id: 'b', started: at(90), updated: at(90) });

test.each([
  ['nothing new', [source], [source], []],
  ['what is seen first', [], [source], ['Stage Source has begun.', 'Source/source has succeeded after 4 s']],
  [
    'a next stage',
    [source],
    [building, source],
    ['Stage Build has begun.', 'Build/build_amd64 has begun: https://console.example/b', 'Stage Source is through.'],
  ],
  ['an end', [source, building], [source, built], ['Build/build_amd64 has succeeded after 60 s']],
  ['a retry', [source, failed], [source, failed, again], ['Build/build_amd64 is tried again']],
  [
    'a retry that ended between two looks',
    [source, failed],
    [source, failed, { ...again, status: 'Failed' as const, updated: at(93) }],
    ['Build/build_amd64, tried again, has failed after 3 s'],
  ],
  [
    'an approval',
    [built],
    [built, actionRun({ id: 'c', action: 'approve', category: 'Approval' })],
    ['Build/approve waits for an approval'],
  ],
])('%s', (_, before, now, lines) => {
  expect(describeChanges(before, now)).toEqual(lines);
});
