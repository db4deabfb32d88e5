import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ActionContext } from '@eks-gitops/action';
import {
  type AppliedStack,
  applyStack,
  type CloudFormation,
  changeLine,
  type DeletedStack,
  deleteStack,
  openAwsSession,
  openCloudFormation,
  type Plan,
  permissionLines,
  pipelineUrl,
  type ResourceChange,
  removalCommand,
  stackOutputs,
  type Watch,
} from '@eks-gitops/codepipeline/deploy';
import type { PipelineOptions } from '@eks-gitops/codepipeline/stack';
import { ActionError } from '@eks-gitops/errors';
import type { ProvisionInputs } from './inputs.ts';
import { pipelineOptions } from './options.ts';

const nothing = {
  status: '',
  changes: '',
  'stack-id': '',
  'repository-uri': '',
  pipeline: '',
  'pipeline-url': '',
  'role-arns': '',
  'github-role-arn': '',
  'clone-url': '',
  template: '',
};
type Outputs = Readonly<typeof nothing>;

/** Makes the stack what the inputs say, deletes it, or gives its template alone. */
export async function provision(inputs: ProvisionInputs, context: ActionContext): Promise<Outputs> {
  if (inputs.operation === 'delete')
    return withCloudFormation(inputs, context, (aws, watch) => remove({ inputs, context, aws, watch }));
  const options = pipelineOptions(inputs);
  if (inputs.buildspecs !== undefined) await writeBuildspecs(resolve(context.workspace, inputs.buildspecs), options, context);
  const template = await templateOf(options);
  if (inputs['template-only']) return { ...nothing, template: JSON.stringify(template) };
  return withCloudFormation(inputs, context, (aws, watch) => apply({ inputs, context, aws, watch, template }));
}

/** CDK is loaded for this alone. Throws INPUT_INVALID for a template that CloudFormation takes from S3 only. */
async function templateOf(options: PipelineOptions): Promise<object> {
  const { largestTemplate, pipelineTemplate } = await import('@eks-gitops/codepipeline/stack');
  const template = pipelineTemplate(options);
  const size = Buffer.byteLength(JSON.stringify(template));
  if (size <= largestTemplate) return template;
  throw new ActionError({
    code: 'INPUT_INVALID',
    message: 'The template is too large for CloudFormation.',
    expected: `at most ${largestTemplate} bytes`,
    found: `${size} bytes`,
    remedy: 'Give fewer or shorter build-args, subnets and subjects.',
  });
}

async function writeBuildspecs(folder: string, options: PipelineOptions, { log }: ActionContext): Promise<void> {
  const { buildspecs } = await import('@eks-gitops/codepipeline/stack');
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(buildspecs(options))) {
    const file = join(folder, `buildspec-${name}.yml`);
    await writeFile(file, text);
    log.info(`Written: ${file}`);
  }
}

async function withCloudFormation<T>(
  inputs: ProvisionInputs,
  { env, mask, signal, log }: ActionContext,
  work: (aws: CloudFormation, watch: Watch) => Promise<T>,
): Promise<T> {
  const session = await openAwsSession({ region: inputs.region, roleArn: inputs['role-to-assume'], env, mask });
  const aws = await openCloudFormation({ session, signal });
  try {
    const deadline = Date.now() + inputs.timeout;
    return await work(aws, { signal, deadline, onEvent: line => log.info(line), onNotice: sentence => log.notice(sentence) });
  } finally {
    aws.close();
  }
}

interface Task {
  readonly inputs: ProvisionInputs;
  readonly context: ActionContext;
  readonly aws: CloudFormation;
  readonly watch: Watch;
}

/** Names of stacks know no underscores. */
function stackName({ stack, name }: ProvisionInputs): string {
  return stack ?? name.replaceAll('_', '-');
}

async function apply({ inputs, context: { log }, aws, watch, template }: Task & { template: object }): Promise<Outputs> {
  const name = stackName(inputs);
  const applied = await applyStack({
    cloudFormation: aws,
    name,
    role: inputs['service-role'],
    watch,
    template,
    dryRun: inputs['dry-run'],
    allowPermissions: inputs['allow-iam'],
    allowDataLoss: inputs['allow-data-loss'],
    onPlan: plan => planLines(plan, name).map(line => log.info(line)),
  });
  return outputsOf(applied, aws.region);
}

const headings: Readonly<Record<Plan['kind'], (stack: string) => string>> = {
  create: stack => `The stack ${stack} will be made:`,
  recreate: stack => `What is left of the failed stack ${stack} will be deleted, and the stack made anew:`,
  update: stack => `The stack ${stack} will change:`,
  nothing: stack => `The stack ${stack} is already as it should be.`,
};

function planLines({ kind, changes, permissions }: Plan, stack: string): readonly string[] {
  const rights = permissions.length === 0 ? [] : ['Rights that come (+) and go (-):', ...permissionLines(permissions)];
  return [headings[kind](stack), ...changes.map(changeLine), ...rights];
}

function outputsOf({ status, plan, id, outputs }: AppliedStack, region: string): Outputs {
  const of = (name: keyof typeof stackOutputs): string => outputs[stackOutputs[name]] ?? '';
  const roles = Object.entries(outputs).filter(([name]) => name.endsWith('RoleArn'));
  const pipeline = of('pipelineName');
  return {
    ...nothing,
    status,
    changes: plan.changes.map(changeLine).join('\n'),
    'stack-id': id,
    'repository-uri': of('repositoryUri'),
    pipeline,
    'pipeline-url': pipeline === '' ? '' : pipelineUrl({ region, pipeline }),
    'role-arns': roles.map(([name, arn]) => `${name.replace(/Arn$/, '')}=${arn}`).join('\n'),
    'github-role-arn': of('githubRoleArn'),
    'clone-url': of('cloneUrl'),
  };
}

async function remove({ inputs, context: { log }, aws, watch }: Task): Promise<Outputs> {
  const name = stackName(inputs);
  const deleted = await deleteStack({
    cloudFormation: aws,
    name,
    role: inputs['service-role'],
    watch,
    dryRun: inputs['dry-run'],
    allowDataLoss: inputs['allow-data-loss'],
    onPlan: changes => [`The stack ${name} will be deleted:`, ...changes.map(changeLine)].map(line => log.info(line)),
  });
  if (deleted.status === 'absent') log.info(`There is no stack ${name}.`);
  for (const line of leftLines(deleted, aws.region)) log.notice(line);
  return { ...nothing, status: deleted.status, changes: deleted.changes.map(changeLine).join('\n'), 'stack-id': deleted.id };
}

function leftLines({ status, changes }: DeletedStack, region: string): readonly string[] {
  if (status !== 'deleted') return [];
  const line = (change: ResourceChange): string | undefined => removalCommand(change, region);
  const commands = changes.filter(({ kept }) => kept).flatMap(change => line(change) ?? []);
  return commands.length === 0 ? [] : ['What holds data is kept. To delete it with all that it holds:', ...commands];
}
