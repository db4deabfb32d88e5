export type { Deployment, GitHubRole, PipelineOptions, Source } from './options.ts';
