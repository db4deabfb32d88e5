import { App, Stack } from 'aws-cdk-lib/core';
import { z } from 'zod';
import { GitOpsPipeline } from './gitops-pipeline.ts';
import type { PipelineOptions } from './options.ts';

/** A CloudFormation template, as JSON.stringify writes it. */
export type Template = Readonly<Record<string, unknown>>;

/** CloudFormation takes a template of up to this many bytes in a request; a larger one has to lie in S3. */
export const largestTemplate = 51_200;

const template = z.record(z.string(), z.unknown());

/** A stack that tells its template without an assembly on disk. Only an assembly would ask for a bootstrapped account; there are no assets. */
export class PipelineStack extends Stack {
  constructor(scope: App, options: PipelineOptions) {
    super(scope, 'Stack', {
      analyticsReporting: false,
      description: `The pipeline ${options.name}: from a commit to a multi-architecture image in Amazon ECR`,
    });
    // `Default` adds nothing to the logical names: they are those of the resources alone.
    new GitOpsPipeline(this, 'Default', options);
  }

  template(): Template {
    return template.parse(this.resolve(this._toCloudFormation()));
  }
}

/** The template of the pipeline's stack: a function of the options. For `aws cloudformation deploy`, as JSON. Throws INPUT_INVALID. */
export function pipelineTemplate(options: PipelineOptions): Template {
  return new PipelineStack(new App({ autoSynth: false, analyticsReporting: false, treeMetadata: false }), options).template();
}
