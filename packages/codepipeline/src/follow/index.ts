export { type AwsSession, openAwsSession } from '../aws/session.ts';
export { readBuild } from './builds.ts';
export { type Followed, type FollowOptions, followPipeline, type Subject } from './follow-pipeline.ts';
export { describeVariables, type IndexNames, type IndexOutput, imageOfBuild, readIndexOutput } from './index-output.ts';
export { openPipeline, type Pipeline } from './open-pipeline.ts';
