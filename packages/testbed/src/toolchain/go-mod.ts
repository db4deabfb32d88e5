/**
 * The go.mod of a module of many in one repository as it would be without its neighbours' folders, which the module's archive lacks:
 * replacements by folders go, and with `placeholder` that version stands wherever `v0.0.0` stands for it, as Kubernetes writes of its
 * staging repositories.
 */
export function publishedGoMod(text: string, placeholder?: string): string {
  const kept = text.split('\n').filter(line => !/=> \.{1,2}\//.test(line));
  const versioned = placeholder === undefined ? kept : kept.map(line => line.replace(/ v0\.0\.0(?= |$)/, ` v${placeholder}`));
  return versioned.join('\n');
}
