/** A file of a repository with its new bytes. The path is relative to the repository's root, with `/` between parts. */
export interface FileChange {
  readonly path: string;
  readonly content: Uint8Array;
}

/** The files of one commit, checked out; an edit reads them and writes nothing. */
export interface Tree {
  /** Absolute path. */
  readonly root: string;
  /** The commit that they are of. */
  readonly head: string;
}

/** What an edit makes of a tree. Without changes there is nothing to commit. */
export interface Edit<Result> {
  readonly changes: readonly FileChange[];
  /** The whole commit message, trailers included. */
  readonly message: string;
  readonly result: Result;
}

/** Decides the changes from a tree; called anew on every head that somebody else has pushed meanwhile. */
export type EditTree<Result> = (tree: Tree) => Promise<Edit<Result>>;

/** One commit to be put on a branch whose head must still be `parent`. */
export interface CommitRequest {
  readonly branch: string;
  readonly parent: string;
  readonly changes: readonly FileChange[];
  readonly message: string;
}

/** `moved`: the branch's head is no longer the request's parent, and nothing was written. */
export type CommitAnswer = { readonly kind: 'accepted'; readonly commit: string } | { readonly kind: 'moved' };

/** Puts a commit on a branch: with git, or over GitHub's API. */
export type WriteCommit = (request: CommitRequest) => Promise<CommitAnswer>;
