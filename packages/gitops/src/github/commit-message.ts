/** A commit message as createCommitOnBranch takes it; GitHub joins the two by an empty line again. */
export interface CommitMessage {
  readonly headline: string;
  readonly body: string;
}

/** Splits a message at its first line, so that GitHub makes the same message of it; trailers stay the last paragraph. */
export function splitMessage(message: string): CommitMessage {
  const [headline = '', ...rest] = message.replaceAll('\r\n', '\n').trim().split('\n');
  return {
    headline: headline.trimEnd(),
    body: rest
      .join('\n')
      .replace(/^\s*\n/, '')
      .trimEnd(),
  };
}

/** Whether two messages are one but for what git and GitHub do to white space at the ends. */
export function sameMessage(one: string, other: string): boolean {
  const [a, b] = [splitMessage(one), splitMessage(other)];
  return a.headline === b.headline && a.body === b.body;
}
