export { type NoWorkTree, pathInRepository, readWorkTree, type WorkTree, type WorkTreeQuestion } from './work-tree.ts';
