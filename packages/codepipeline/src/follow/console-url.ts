/** Hosts of the AWS console by the start of the region; "Service endpoints" of each partition. */
const hosts: readonly (readonly [start: string, host: string])[] = [
  ['cn-', 'console.amazonaws.cn'],
  ['us-gov-', 'console.amazonaws-us-gov.com'],
];

/** Where an execution is seen in the AWS console. */
export function executionUrl({ region, pipeline, id }: { region: string; pipeline: string; id: string }): string {
  return pageOf({ region, pipeline, page: `executions/${id}/timeline` });
}

/** Where a pipeline is seen in the AWS console. */
export function pipelineUrl({ region, pipeline }: { region: string; pipeline: string }): string {
  return pageOf({ region, pipeline, page: 'view' });
}

function pageOf({ region, pipeline, page }: { region: string; pipeline: string; page: string }): string {
  const host = hosts.find(([start]) => region.startsWith(start))?.[1] ?? 'console.aws.amazon.com';
  return `https://${region}.${host}/codesuite/codepipeline/pipelines/${encodeURIComponent(pipeline)}/${page}?region=${region}`;
}
