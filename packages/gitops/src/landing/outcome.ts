import type { Destination, Publication } from './publish-edit.ts';

/** What a publication comes to, as actions tell it. */
export interface Outcome {
  readonly changed: boolean;
  /**
   * The commit that holds the change: of this run, or the head of the branch when there was nothing to change. Empty for a pull
   * request, whose merge makes another, and where nothing is committed.
   */
  readonly commit: string;
  readonly branch: string;
  readonly pullRequest: { readonly number: string; readonly url: string };
  /** All that in a sentence. */
  readonly sentence: string;
}

export function outcomeOf(publication: Publication<unknown>, { kind: destination }: Destination): Outcome {
  const none = { number: '', url: '' };
  const { files } = publication;
  const counted = `${files.length} ${files.length === 1 ? 'file' : 'files'}`;
  switch (publication.kind) {
    case 'local': {
      const changed = files.length > 0;
      const sentence = changed ? `Changed ${counted}, without a commit.` : 'Nothing had to be changed.';
      return { changed, commit: '', branch: '', pullRequest: none, sentence };
    }
    case 'unchanged': {
      const { branch, head, url } = publication;
      const sentence = `Nothing had to be changed: ${branch} of ${url} is at ${head}.`;
      return { changed: false, commit: destination === 'push' ? head : '', branch, pullRequest: none, sentence };
    }
    case 'pushed': {
      const { branch, commit, url } = publication;
      return {
        changed: true,
        commit,
        branch,
        pullRequest: none,
        sentence: `Committed ${counted} as ${commit} to ${branch} of ${url}.`,
      };
    }
    case 'proposed': {
      const { branch, changed, pull } = publication;
      const pullRequest = { number: String(pull.number), url: pull.url };
      const sentence = `${changed ? 'Proposed' : 'Proposed already'} in pull request #${pull.number}: ${pull.url}`;
      return { changed, commit: '', branch, pullRequest, sentence };
    }
  }
}
