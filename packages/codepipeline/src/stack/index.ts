export { type Buildspecs, buildspecs } from './buildspecs.ts';
export { GitOpsPipeline } from './gitops-pipeline.ts';
export type { Deployment, GitHubRole, PipelineOptions, Source } from './options.ts';
export { largestTemplate, pipelineTemplate, type Template } from './template.ts';
