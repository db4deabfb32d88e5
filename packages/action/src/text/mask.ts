/** Knows the secrets of a run, and hides them in text. */
export interface Mask {
  /** Hides `secret` from now on; gives the strings to hide, for hosts that mask by themselves. */
  add(secret: string): readonly string[];
  apply(text: string): string;
}

/** A line shorter than this, in a secret of several lines, is a bracket or the like: hiding it would only garble the log. */
const shortestLine = 4;

export function createMask(): Mask {
  const hidden = new Set<string>();
  return {
    add(secret) {
      const lines = secretLines(secret);
      for (const form of lines.flatMap(writtenForms)) hidden.add(form);
      return lines;
    },
    apply(text) {
      const longestFirst = [...hidden].sort((a, b) => b.length - a.length);
      return longestFirst.reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
    },
  };
}

function secretLines(secret: string): string[] {
  const lines = secret
    .split(/[\r\n]+/)
    .map(line => line.trim())
    .filter(line => line !== '');
  return lines.length > 1 ? lines.filter(line => line.length >= shortestLine) : lines;
}

/** A secret as it stands in text, in a JSON string and in a URL. */
function writtenForms(line: string): string[] {
  return [line, JSON.stringify(line).slice(1, -1), encodeURIComponent(line.toWellFormed())];
}
