import type { Change } from '@aws-sdk/client-cloudformation';
import { expect, test } from '@jest/globals';
import { changeLine, dataLosses, resourceChange } from './resource-changes.ts';

function told(change: NonNullable<Change['ResourceChange']>) {
  const found = resourceChange({
    Type: 'Resource',
    ResourceChange: { LogicalResourceId: 'It', ResourceType: 'AWS::ECR::Repository', ...change },
  });
  if (found === undefined) throw new Error('That is no change of a resource.');
  return found;
}

test.each<[NonNullable<Change['ResourceChange']>, string, boolean]>([
  [{ Action: 'Add' }, '+ AWS::ECR::Repository It', false],
  [
    {
      Action: 'Modify',
      Replacement: 'False',
      Details: [{ Target: { Attribute: 'Properties', Name: 'LifecyclePolicy' } }, { Target: { Attribute: 'Tags' } }],
    },
    '~ AWS::ECR::Repository It (LifecyclePolicy, Tags)',
    false,
  ],
  [
    {
      Action: 'Modify',
      Replacement: 'True',
      PolicyAction: 'ReplaceAndRetain',
      Details: [{ Target: { Attribute: 'Properties', Name: 'RepositoryName' } }],
    },
    '! AWS::ECR::Repository It is replaced (RepositoryName), the present one is kept in the account',
    true,
  ],
  [
    { Action: 'Modify', Replacement: 'Conditional', PolicyAction: 'ReplaceAndDelete' },
    '? AWS::ECR::Repository It is perhaps replaced',
    true,
  ],
  [{ Action: 'Dynamic' }, '? AWS::ECR::Repository It is perhaps replaced', true],
  [{ Action: 'Remove', PolicyAction: 'Delete' }, '- AWS::ECR::Repository It', true],
  [{ Action: 'Remove', PolicyAction: 'Retain' }, '- AWS::ECR::Repository It, the present one is kept in the account', false],
  [{ Action: 'Import' }, '> AWS::ECR::Repository It is imported', false],
  [
    { Action: 'Modify', Replacement: 'True', PolicyAction: 'ReplaceAndDelete', ResourceType: 'AWS::CodeBuild::Project' },
    '! AWS::CodeBuild::Project It is replaced',
    false,
  ],
])('%j', (change, line, loses) => {
  expect(changeLine(told(change))).toBe(line);
  expect(dataLosses([told(change)])).toHaveLength(loses ? 1 : 0);
});

test('what is no resource is passed over', () => {
  expect(resourceChange({ HookInvocationCount: 1 })).toBeUndefined();
});
