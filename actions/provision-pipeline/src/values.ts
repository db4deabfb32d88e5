import { input } from '@eks-gitops/action';
import { pipelineNameForm } from '@eks-gitops/codepipeline/names';

/** A parser of ARNs of one service, or of several as `one|another`. */
export function parseArn(services: string): (given: string) => string {
  const form = new RegExp(`^arn:aws[a-z-]*:(?:${services}):[a-z0-9-]*:\\d{12}:\\S+$`);
  return given => {
    if (!form.test(given)) throw new Error(`"${given}" is not such an ARN`);
    return given;
  };
}

export interface S3Object {
  readonly bucket: string;
  readonly key: string;
}

export function parseS3Object(given: string): S3Object {
  const [, bucket, key] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/([^\s*?]+)$/.exec(given) ?? [];
  if (bucket === undefined || key === undefined) throw new Error(`"${given}" is not s3://BUCKET/KEY`);
  return { bucket, key };
}

const exactNpm = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*@\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;

/** An npm package by its exact version, since a range would run what nobody has looked at; or a tarball in S3. */
export function parseToolPackage(given: string): string {
  if (!given.startsWith('s3://') && !exactNpm.test(given)) throw new Error(`"${given}" is no package with its exact version`);
  if (given.startsWith('s3://')) parseS3Object(given);
  return given;
}

export function parseCount(given: string): number {
  if (!/^[1-9]\d{0,4}$/.test(given.trim())) throw new Error('it is not a whole number from 1');
  return Number(given);
}

export function parseName(given: string): string {
  if (!pipelineNameForm.test(given)) throw new Error(`"${given}" is no name for a pipeline`);
  return given;
}

export function parseBuildTimeout(given: string): number {
  const minutes = Math.ceil(input.parseDuration(given.trim()) / 60_000);
  if (minutes < 5 || minutes > 2160) throw new Error('CodeBuild allows 5 minutes to 36 hours');
  return minutes;
}

export function parseKey(given: string): 'aws' | 'create' | { readonly arn: string } {
  return given === 'aws' || given === 'create' ? given : { arn: parseArn('kms')(given) };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
export const logDays: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export function parseLogDays(given: string): number {
  const days = parseCount(given);
  if (!logDays.includes(days)) throw new Error('CloudWatch Logs does not know that retention');
  return days;
}
