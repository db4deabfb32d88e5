import type { Change } from '@aws-sdk/client-cloudformation';
import type { TemplateDocument } from './template-document.ts';

/** What will happen to one resource, as a change set tells it. */
export interface ResourceChange {
  readonly kind: 'add' | 'modify' | 'replace' | 'perhaps-replace' | 'remove' | 'import';
  readonly type: string;
  readonly id: string;
  /** What it is called in the account; of what is not there yet empty. */
  readonly physicalId: string;
  /** Whether what is removed or replaced stays in the account, outside the stack. */
  readonly kept: boolean;
  /** Where it changes: properties, or `Tags`, `DeletionPolicy` … */
  readonly where: readonly string[];
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html; undefined for what is no resource. */
export function resourceChange({ ResourceChange: change }: Change): ResourceChange | undefined {
  if (change === undefined) return undefined;
  const { ResourceType: type = '', LogicalResourceId: id = '', PhysicalResourceId: physicalId = '' } = change;
  const targets = (change.Details ?? []).map(({ Target }) => Target?.Name ?? Target?.Attribute ?? '');
  const where = [...new Set(targets)].filter(name => name !== '').sort();
  return { kind: kindOf(change), type, id, physicalId, kept: /Retain$/.test(change.PolicyAction ?? ''), where };
}

type Told = NonNullable<Change['ResourceChange']>;

/** `Dynamic` is of a resource that CloudFormation cannot tell about before it is at it. */
function kindOf({ Action, Replacement }: Told): ResourceChange['kind'] {
  switch (Action) {
    case 'Add':
      return 'add';
    case 'Remove':
      return 'remove';
    case 'Import':
      return 'import';
    case 'Dynamic':
      return 'perhaps-replace';
    default:
      return Replacement === 'True' ? 'replace' : Replacement === 'Conditional' ? 'perhaps-replace' : 'modify';
  }
}

/** All of a template, as a stack is made of it. */
export function additions({ Resources }: TemplateDocument): readonly ResourceChange[] {
  return Object.entries(Resources).map(([id, { Type: type }]) => ({
    kind: 'add',
    type,
    id,
    physicalId: '',
    kept: false,
    where: [],
  }));
}

const signs = { add: '+', modify: '~', replace: '!', 'perhaps-replace': '?', remove: '-', import: '>' } as const;
const words = {
  add: '',
  modify: '',
  replace: ' is replaced',
  'perhaps-replace': ' is perhaps replaced',
  remove: '',
  import: ' is imported',
} as const;

/** One line for people: `~ AWS::CodePipeline::Pipeline Pipeline (Stages)`. */
export function changeLine({ kind, type, id, where, kept }: ResourceChange): string {
  const places = where.length === 0 ? '' : ` (${where.join(', ')})`;
  return `${signs[kind]} ${type} ${id}${words[kind]}${places}${kept ? ', the present one is kept in the account' : ''}`;
}

/** Types whose resources hold what no later run can make again: images, artifacts, commits, and the keys without which nothing is read. */
export const dataTypes: ReadonlySet<string> = new Set([
  'AWS::CodeCommit::Repository',
  'AWS::ECR::Repository',
  'AWS::KMS::Key',
  'AWS::S3::Bucket',
]);

/** Changes by which data would be lost, or left behind by an empty successor. */
export function dataLosses(changes: readonly ResourceChange[]): readonly ResourceChange[] {
  return changes.filter(({ kind, type, kept }) => {
    if (!dataTypes.has(type)) return false;
    return kind === 'replace' || kind === 'perhaps-replace' || (kind === 'remove' && !kept);
  });
}
