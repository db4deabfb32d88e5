/** Replaces what stands between `<!-- name -->` and `<!-- /name -->`; nothing when the text has no such pair. */
export function replaceSection(text: string, { name, content }: { name: string; content: string }): string | undefined {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = text.indexOf(start);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) return undefined;
  return `${text.slice(0, from + start.length)}\n${content}\n${text.slice(to)}`;
}
