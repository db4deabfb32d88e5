import { ActionError } from '@eks-gitops/errors';
import type { TagRule } from '@eks-gitops/gitops/policies';

/** The `policy` part of an ImagePolicy, as a user writes it in one line. */
export type GivenTagOrder = TagRule['policy'];

/** Reads `alphabetical`, `numerical desc`, `semver >=1.0.0`. */
export function parseTagOrder(text: string): GivenTagOrder {
  const [, kind = '', rest = ''] = /^\s*([a-z]+)[\s:]*(.*?)\s*$/i.exec(text) ?? [];
  const order = rest.toLowerCase() || 'asc';
  if (kind === 'semver' && rest !== '') return { kind, range: rest };
  if ((kind === 'alphabetical' || kind === 'numerical') && (order === 'asc' || order === 'desc')) return { kind, order };
  throw new Error(`"${text}" is no order of tags`);
}

export interface GivenRule {
  readonly order: GivenTagOrder | undefined;
  readonly pattern: string | undefined;
  readonly extract: string | undefined;
}

/** The rule of a policy that the repository does not hold, as the inputs give it. Throws INPUT_MISSING for half a rule. */
export function ruleOf({ order, pattern, extract }: GivenRule): TagRule | undefined {
  if (pattern !== undefined && order === undefined) throw lonely('tag-pattern', 'tag-order');
  if (extract !== undefined && pattern === undefined) throw lonely('tag-extract', 'tag-pattern');
  if (order === undefined) return undefined;
  return {
    origin: 'the input tag-order',
    policy: order,
    ...(pattern === undefined ? {} : { filterTags: { pattern, extract: extract ?? '' } }),
  };
}

function lonely(name: string, needs: string): ActionError {
  return new ActionError({
    code: 'INPUT_MISSING',
    message: `The input ${needs} is missing.`,
    expected: `${needs} beside ${name}`,
    found: `only ${name}`,
  });
}
