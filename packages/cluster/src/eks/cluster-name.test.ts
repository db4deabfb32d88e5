import { describe, expect, test } from '@jest/globals';
import { readClusterName } from './cluster-name.ts';

const arn = 'arn:aws:eks:eu-west-1:123456789012:cluster/demo';
const read = (name: string, region?: string, env = {}) => readClusterName({ kind: 'eks', name, region }, env);

describe('name and region', () => {
  test.each([
    ['demo', 'us-west-2', {}, { name: 'demo', region: 'us-west-2' }],
    ['demo', '', { AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-2' }, { name: 'demo', region: 'us-east-1' }],
    ['demo', undefined, { AWS_REGION: '', AWS_DEFAULT_REGION: 'us-east-2' }, { name: 'demo', region: 'us-east-2' }],
    ['demo', undefined, {}, { name: 'demo', region: undefined }],
    [arn, undefined, { AWS_REGION: 'us-east-1' }, { name: 'demo', region: 'eu-west-1' }],
    [arn, 'eu-west-1', {}, { name: 'demo', region: 'eu-west-1' }],
    [arn.replace('aws', 'aws-us-gov'), undefined, {}, { name: 'demo', region: 'eu-west-1' }],
  ])('%s, %s, %j', (name, region, env, expected) => {
    expect(read(name, region, env)).toEqual(expected);
  });

  test.each([
    ['-x', undefined],
    ['a b', undefined],
    ['', undefined],
    ['arn:aws:eks:eu-west-1:1:cluster/demo', undefined],
    [arn, 'us-west-2'],
  ])('%s in %s is refused', (name, region) => {
    expect(() => read(name, region)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });
});
