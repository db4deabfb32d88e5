import { type ActionContext, clusterTarget, formatRecord } from '@eks-gitops/action';
import { type Answered, type Subject, waitForAnswer } from '@eks-gitops/cluster/ingress';
import { readAuthorities } from './authorities.ts';
import type { IngressInputs } from './inputs.ts';
import { type GivenSubject, givenSubject } from './subject.ts';

interface Outputs {
  readonly hostname: string;
  readonly url: string;
  readonly seconds: string;
  readonly record: string;
}

/** Waits until the Ingress, or the URL alone, answers as expected. */
export async function wait(inputs: IngressInputs, context: ActionContext): Promise<Outputs> {
  const given = givenSubject(inputs);
  const ca = inputs.ca === undefined ? undefined : await readAuthorities(inputs.ca, context.workspace);
  return withSubject(given, inputs, context, async subject => {
    const { log, signal } = context;
    const answered = await waitForAnswer({
      subject,
      path: inputs.path ?? '/',
      hostHeader: inputs['host-header'],
      ca,
      expectation: { statuses: inputs['expect-status'], headers: inputs['expect-header'], body: inputs['expect-body'] },
      consecutive: inputs.consecutive,
      timeout: inputs.timeout,
      env: context.env,
      signal,
      onProgress: sentence => log.info(sentence),
      onNotice: notice => log.notice(notice),
    });
    return outputsOf(answered, inputs);
  });
}

/** Connects to the cluster for an Ingress only: neither the cluster nor what connects to it is needed for a URL. */
async function withSubject<T>(
  given: GivenSubject,
  inputs: IngressInputs,
  context: ActionContext,
  work: (subject: Subject) => Promise<T>,
): Promise<T> {
  if (given.kind === 'url') return work(given);
  const { openCluster } = await import('@eks-gitops/cluster');
  const { env, signal, mask, log } = context;
  const target = clusterTarget(inputs, context);
  const cluster = await openCluster({ target, env, signal, mask, onNotice: notice => log.notice(notice) });
  try {
    return await work({ ...given, cluster });
  } finally {
    await cluster.close();
  }
}

function outputsOf({ hostname, url, times }: Answered, { record }: IngressInputs): Outputs {
  return {
    hostname,
    url,
    seconds: times.map(({ stage, seconds }) => `${stage}=${seconds}`).join('\n'),
    record: record === undefined ? '' : formatRecord({ ...record, url }),
  };
}
