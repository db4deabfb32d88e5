import { ActionError } from '@eks-gitops/errors';

export interface PipelineName {
  readonly name: string;
  /** That of the ARN; undefined for a bare name. */
  readonly region: string | undefined;
}

/** A pipeline's name, or its ARN. Throws INPUT_INVALID for what CodePipeline does not allow (API reference, GetPipeline). */
export function parsePipelineName(text: string): PipelineName {
  const arn = /^arn:aws[\w-]*:codepipeline:([a-z0-9-]+):\d{12}:(.+)$/.exec(text);
  const name = arn?.[2] ?? text;
  if (!/^[A-Za-z0-9.@\-_]{1,100}$/.test(name)) {
    throw new ActionError({
      code: 'INPUT_INVALID',
      message: `"${text}" cannot be the name of a pipeline.`,
      expected: 'its name (letters, digits and . @ - _), or its ARN',
      found: text,
    });
  }
  return { name, region: arn?.[1] };
}
