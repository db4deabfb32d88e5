export type { GivenAccess } from './access.ts';
export type { GitHubPlace } from './github-target.ts';
export { type HistoryQuestion, openHistory } from './open-history.ts';
export { type Outcome, outcomeOf } from './outcome.ts';
export type { Proposal } from './propose-edit.ts';
export { type Destination, type Publication, type PublishRequest, publishEdit } from './publish-edit.ts';
