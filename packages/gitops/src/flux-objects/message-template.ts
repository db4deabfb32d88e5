/** What a range over the old data has become. `images`: its elements are printed whole; `entries`: only its keys mean the same. */
interface Range {
  readonly kind: 'images' | 'entries' | 'other';
  /** The variable of the elements. */
  readonly element?: string | undefined;
}

const renamed = { Images: '.Changed.Changes', Files: '.Changed.FileChanges', Objects: '.Changed.Objects' } as const;
const rangeForm = /^range\s+(?:(?:(\$\w+)\s*,\s*)?(\$\w+)\s*:=\s*)?\.Updated\.(Images|Files|Objects)$/;
const printForm = /^((?:print|println)\s+)?(\.|\$\w+)$/;

/**
 * Translates a commit template from `.Updated`, which stalls today's image-automation-controller, to `.Changed`: ranges over images that print
 * them whole, ranges over files and objects that print their keys. Gives nothing when `.Updated` is used in any other way.
 * Source: image-automation-controller, docs/spec/v1 and docs/spec/v1alpha2, "Message Template".
 */
export function translateTemplate(template: string): string | undefined {
  const open: Range[] = [];
  const pieces = template.split(/(\{\{.*?\}\})/s).map(piece => {
    const [, before = '', action = '', after = ''] = /^(\{\{-?\s*)(.*?)(\s*-?\}\})$/s.exec(piece) ?? [];
    if (before === '') return piece;
    const next = translateAction(action, open);
    return next === undefined ? undefined : before + next + after;
  });
  const translated = pieces.every(piece => piece !== undefined) ? pieces.join('') : '.Updated';
  return translated.includes('.Updated') ? undefined : translated;
}

/** Keeps count of the ranges that are open; nothing when the action cannot be translated. */
function translateAction(action: string, open: Range[]): string | undefined {
  const [, , element, data] = rangeForm.exec(action) ?? [];
  if (isData(data)) {
    open.push({ kind: data === 'Images' ? 'images' : 'entries', element });
    return action.replace(`.Updated.${data}`, renamed[data]);
  }
  const translated = translatePrint(action, open);
  if (/^if\b/.test(action)) open.push({ kind: open.at(-1)?.kind ?? 'other' });
  if (/^(?:range|with|block|define)\b/.test(action)) open.push({ kind: 'other' });
  if (action === 'end') open.pop();
  return translated;
}

function translatePrint(action: string, open: readonly Range[]): string | undefined {
  const dot = open.at(-1);
  const element = open.find(range => range.element !== undefined && usesVariable(action, range.element));
  const usesDot = /(?:^|[\s(])\.(?:\W|\w|$)/.test(action) && dot !== undefined && dot.kind !== 'other';
  if (element === undefined && !usesDot) return action;
  const meant = element ?? dot;
  const [, print = '', value] = printForm.exec(action) ?? [];
  if (meant?.kind !== 'images' || value === undefined) return undefined;
  return value === '.' ? `${print}.NewValue` : `${print}${value}.NewValue`;
}

function usesVariable(action: string, variable: string): boolean {
  return [...action.matchAll(/\$\w+/g)].some(([name]) => name === variable);
}

function isData(data: string | undefined): data is keyof typeof renamed {
  return data !== undefined && Object.hasOwn(renamed, data);
}
