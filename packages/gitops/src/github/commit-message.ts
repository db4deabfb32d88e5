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

/** Trailers that anybody's commit may have. */
const common = ['signed-off-by', 'co-authored-by'];

/** The names of a message's trailers (git-interpret-trailers), in lower case, without those that people add by habit. */
export function trailerKeys(message: string): readonly string[] {
  const paragraphs = splitMessage(message).body.split(/\n\s*\n/);
  const lines = (paragraphs.at(-1) ?? '').split('\n');
  const keys = lines.flatMap(line => /^([A-Za-z0-9-]+)\s*: ?/.exec(line)?.[1]?.toLowerCase() ?? []);
  return keys.filter(key => !common.includes(key));
}
