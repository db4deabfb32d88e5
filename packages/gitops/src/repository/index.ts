export { isCodeCommit } from './codecommit-host.ts';
export type { Identity, Person } from './commit.ts';
export { type BranchRequest, createBranch } from './create-branch.ts';
export type { GitCredentials } from './credentials.ts';
export { fetchHistory, type History, type HistoryRequest } from './history.ts';
export { type Landing, type LandRequest, landEdit } from './land.ts';
export { editLocally, type LocalEdit, type LocalRequest } from './local.ts';
export { type GitRepository, type OpenRequest, openRepository, type Place } from './open.ts';
export { type RemoteUrlQuestion, readRemoteUrl } from './remote-url.ts';
