/** Hosts of the AWS console by the start of the region; "Service endpoints" of each partition. */
const hosts: readonly (readonly [start: string, host: string])[] = [
  ['cn-', 'console.amazonaws.cn'],
  ['us-gov-', 'console.amazonaws-us-gov.com'],
];

/** Where an execution is seen in the AWS console. */
export function executionUrl({ region, pipeline, id }: { region: string; pipeline: string; id: string }): string {
  const host = hosts.find(([start]) => region.startsWith(start))?.[1] ?? 'console.aws.amazon.com';
  const path = `codesuite/codepipeline/pipelines/${encodeURIComponent(pipeline)}/executions/${id}/timeline`;
  return `https://${region}.${host}/${path}?region=${region}`;
}
