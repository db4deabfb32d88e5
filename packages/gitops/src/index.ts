export { type NoWorkTree, readWorkTree, type WorkTree, type WorkTreeQuestion } from './work-tree.ts';
