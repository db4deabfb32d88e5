import type { Source } from './source.ts';

type GoModule = Pick<Extract<Source, { kind: 'go' }>, 'placeholder' | 'replaced'>;

/**
 * The go.mod of a module of many in one repository as it would be without its neighbours' folders, which the module's archive lacks:
 * replacements by folders go, with `placeholder` that version stands wherever `v0.0.0` stands for it, as Kubernetes writes of its
 * staging repositories, and each of `replaced` takes its module's place.
 */
export function publishedGoMod(text: string, { placeholder, replaced = [] }: GoModule = {}): string {
  const kept = text.split('\n').filter(line => !/=> \.{1,2}\//.test(line));
  const versioned = placeholder === undefined ? kept : kept.map(line => line.replace(/ v0\.0\.0(?= |$)/, ` v${placeholder}`));
  const replacements = replaced.map(one => {
    const [path, version] = one.split('@');
    return `replace ${path} => ${path} ${version}\n`;
  });
  return versioned.join('\n') + replacements.join('');
}
