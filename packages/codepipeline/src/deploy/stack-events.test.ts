import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { describe, expect, test } from '@jest/globals';
import { beginsOperation, eventLine, firstCause, inTheWay } from './stack-events.ts';

const StackId = 'arn:aws:cloudformation:us-west-2:123456789012:stack/shop/1';
const stack = (ResourceStatus: string, ResourceStatusReason?: string): StackEvent =>
  event({ id: 'shop', status: ResourceStatus, reason: ResourceStatusReason, physical: StackId });
const resource = (id: string, status: string, reason?: string): StackEvent => event({ id, status, reason, physical: `${id}-1` });

function event({ id, status, reason, physical }: { id: string; status: string; reason: string | undefined; physical: string }) {
  const ResourceType = physical === StackId ? 'AWS::CloudFormation::Stack' : 'AWS::S3::Bucket';
  return {
    StackId,
    EventId: `${id}-${status}`,
    StackName: 'shop',
    Timestamp: new Date(0),
    LogicalResourceId: id,
    PhysicalResourceId: physical,
    ResourceType,
    ResourceStatus: status,
    ResourceStatusReason: reason,
  } as StackEvent;
}

describe('the first cause', () => {
  test.each<[string, StackEvent[], string | undefined]>([
    [
      'is the resource that failed by itself, not one that was cancelled for it',
      [
        stack('CREATE_IN_PROGRESS', 'User Initiated'),
        resource('Role', 'CREATE_FAILED', 'Resource creation cancelled'),
        resource('Bucket', 'CREATE_FAILED', 'The bucket exists.'),
        stack('ROLLBACK_IN_PROGRESS', 'The following resource(s) failed to create: [Role, Bucket].'),
      ],
      'The bucket exists.',
    ],
    [
      'is the first, where a rollback fails as well',
      [
        stack('UPDATE_IN_PROGRESS'),
        resource('Pipeline', 'UPDATE_FAILED', 'No such connection.'),
        stack('UPDATE_ROLLBACK_IN_PROGRESS', 'The following resource(s) failed to update: [Pipeline].'),
        resource('Role', 'UPDATE_FAILED', 'The role is gone.'),
      ],
      'No such connection.',
    ],
    [
      "is the stack's, where no resource failed",
      [stack('UPDATE_IN_PROGRESS'), stack('UPDATE_ROLLBACK_IN_PROGRESS', 'Update cancelled by user.')],
      'Update cancelled by user.',
    ],
    [
      'is what is left, where all say that they were cancelled',
      [resource('Role', 'CREATE_FAILED', 'Resource creation cancelled')],
      'Resource creation cancelled',
    ],
    ['is none, where nothing failed', [stack('CREATE_IN_PROGRESS'), stack('CREATE_COMPLETE')], undefined],
  ])('%s', (_, events, reason) => {
    expect(firstCause(events)?.ResourceStatusReason).toBe(reason);
  });
});

test('in the way is what last failed since the stack turned back', () => {
  const events = [
    stack('UPDATE_IN_PROGRESS'),
    resource('Pipeline', 'UPDATE_FAILED'),
    stack('UPDATE_ROLLBACK_IN_PROGRESS'),
    resource('Pipeline', 'UPDATE_COMPLETE'),
    resource('Role', 'UPDATE_FAILED'),
    resource('Bucket', 'UPDATE_FAILED'),
    resource('Bucket', 'UPDATE_COMPLETE'),
    stack('UPDATE_ROLLBACK_FAILED'),
  ];
  expect(inTheWay(events).map(({ LogicalResourceId }) => LogicalResourceId)).toEqual(['Role']);
});

test('a rollback is part of what it undoes', () => {
  const statuses = [
    'UPDATE_IN_PROGRESS',
    'UPDATE_ROLLBACK_IN_PROGRESS',
    'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    'ROLLBACK_IN_PROGRESS',
    'DELETE_IN_PROGRESS',
  ];
  expect(statuses.filter(status => beginsOperation(stack(status)))).toEqual(['UPDATE_IN_PROGRESS', 'DELETE_IN_PROGRESS']);
  expect(beginsOperation(resource('Role', 'UPDATE_IN_PROGRESS'))).toBe(false);
});

test.each([
  [stack('CREATE_IN_PROGRESS', 'User Initiated'), 'CREATE_IN_PROGRESS stack shop'],
  [resource('Bucket', 'CREATE_IN_PROGRESS', 'Resource creation Initiated'), 'CREATE_IN_PROGRESS AWS::S3::Bucket Bucket'],
  [resource('Bucket', 'CREATE_FAILED', 'It exists.'), 'CREATE_FAILED AWS::S3::Bucket Bucket: It exists.'],
])('a line says what matters', (given, line) => {
  expect(eventLine(given)).toBe(line);
});
