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
