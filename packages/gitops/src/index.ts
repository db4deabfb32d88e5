export type { CommitAnswer, CommitRequest, Edit, EditTree, FileChange, Tree, WriteCommit } from './edit.ts';
export { formatPolicyName, type PolicyName, parsePolicyName } from './markers/policy-name.ts';
export { type NoWorkTree, pathInRepository, readWorkTree, type WorkTree, type WorkTreeQuestion } from './work-tree.ts';
