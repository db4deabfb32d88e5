import { StackStatus } from '@aws-sdk/client-cloudformation';
import { expect, test } from '@jest/globals';
import { conditionOf, hasEnded, wayOut } from './stack-status.ts';

test('every status that there is has its condition', () => {
  const conditions = Object.groupBy(Object.values(StackStatus), conditionOf);
  expect(conditions).toEqual({
    absent: ['DELETE_COMPLETE'],
    reviewed: ['REVIEW_IN_PROGRESS'],
    busy: [
      'CREATE_IN_PROGRESS',
      'DELETE_IN_PROGRESS',
      'IMPORT_IN_PROGRESS',
      'IMPORT_ROLLBACK_IN_PROGRESS',
      'ROLLBACK_IN_PROGRESS',
      'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      'UPDATE_IN_PROGRESS',
      'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
      'UPDATE_ROLLBACK_IN_PROGRESS',
    ],
    settled: ['CREATE_COMPLETE', 'IMPORT_COMPLETE', 'IMPORT_ROLLBACK_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'],
    'rolled-back': ['ROLLBACK_COMPLETE'],
    stuck: [
      'CREATE_FAILED',
      'DELETE_FAILED',
      'IMPORT_ROLLBACK_FAILED',
      'ROLLBACK_FAILED',
      'UPDATE_FAILED',
      'UPDATE_ROLLBACK_FAILED',
    ],
  });
});

test('what still cleans up has not ended', () => {
  expect(Object.values(StackStatus).filter(status => status.includes('CLEANUP') && hasEnded(status))).toEqual([]);
});

test.each([
  ['UPDATE_ROLLBACK_FAILED', 'aws cloudformation continue-update-rollback --stack-name shop --region us-west-2'],
  ['UPDATE_FAILED', 'aws cloudformation rollback-stack --stack-name shop'],
  ['ROLLBACK_FAILED', 'operation delete'],
  ['DELETE_FAILED', 'operation delete'],
])('%s has a way out', (status, words) => {
  expect(wayOut(status, { stack: 'shop', region: 'us-west-2' })).toContain(words);
});
