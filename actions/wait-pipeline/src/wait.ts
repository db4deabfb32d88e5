import type { ActionContext } from '@eks-gitops/action';
import { followPipeline, openAwsSession, openPipeline } from '@eks-gitops/codepipeline/follow';
import { ActionError } from '@eks-gitops/errors';
import type { PipelineInputs } from './inputs.ts';
import { nothingPublished, type Published, readPublished } from './published.ts';
import { chooseSubject } from './subject.ts';

interface Outputs extends Published {
  readonly 'execution-id': string;
  readonly status: string;
  readonly superseded: string;
  readonly commit: string;
  readonly url: string;
}

/** Finds or starts the execution, follows it to its end, and reads what it has published. */
export async function wait(inputs: PipelineInputs, context: ActionContext): Promise<Outputs> {
  const { log, signal, env, mask } = context;
  const region = regionOf(inputs);
  const subject = chooseSubject({ inputs, head: await headOf(inputs, context), facts: context.facts });
  const session = await openAwsSession({ region, roleArn: inputs['role-to-assume'], env, mask });
  const pipeline = await openPipeline({ name: inputs.pipeline.name, session, signal });
  try {
    const followed = await followPipeline({
      pipeline,
      source: { session },
      subject,
      onSuperseded: inputs['on-superseded'],
      timeout: inputs.timeout,
      signal,
      onProgress: line => log.info(line),
      onNotice: notice => log.notice(notice),
    });
    const { execution, url, superseded } = followed;
    const succeeded = execution.status === 'Succeeded';
    const published = succeeded ? await readPublished({ followed, session, inputs, context }) : nothingPublished;
    log.info(`The execution ${execution.id} has ended: ${execution.status}.`);
    const [commit = ''] = execution.commits;
    return { ...published, 'execution-id': execution.id, status: execution.status, superseded: String(superseded), commit, url };
  } finally {
    pipeline.close();
  }
}

/** That of the ARN, which the input must agree with. */
function regionOf({ pipeline, region }: PipelineInputs): string | undefined {
  if (region === undefined || pipeline.region === undefined || region === pipeline.region) return pipeline.region ?? region;
  throw new ActionError({
    code: 'INPUT_INVALID',
    message: `The pipeline ${pipeline.name} is not in the region that is given.`,
    expected: `${pipeline.region}, as its ARN says, or no region`,
    found: region,
  });
}

/** Asked only where a commit is wanted and not given. */
async function headOf(inputs: PipelineInputs, { workspace, env, signal }: ActionContext) {
  const isNeeded = inputs['execution-id'] === undefined && (inputs.revision === undefined || inputs.start);
  if (!isNeeded) return undefined;
  const { readWorkTree } = await import('@eks-gitops/gitops');
  const tree = await readWorkTree({ folder: workspace, trusted: [workspace], env, signal });
  return 'head' in tree ? tree.head : undefined;
}
