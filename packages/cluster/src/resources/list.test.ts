import { ActionError } from '@eks-gitops/errors';
import { expect, test } from '@jest/globals';
import type { Outcome } from '../http/exchange.ts';
import { listObjects } from './list.ts';

const selection = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop' };
const right = { verbs: ['list'], group: '', resource: 'pods' } as const;
const expired: Outcome<string> = {
  kind: 'refused',
  status: 410,
  error: new ActionError({ code: 'CLUSTER_RESPONSE', message: 'expired' }),
};

function page(names: readonly string[] | null, next?: string): Outcome<string> {
  const items = names?.map(name => ({ metadata: { name } })) ?? null;
  return { kind: 'answered', value: JSON.stringify({ metadata: { resourceVersion: '9', continue: next }, items }) };
}

/** Lists from a server that gives these answers one after the other. */
async function list(answers: readonly Outcome<string>[], limit?: number) {
  const asked: string[] = [];
  const ask = async ({ path }: { path: string }): Promise<Outcome<string>> => {
    asked.push(path.replace('/api/v1/namespaces/shop/pods', ''));
    return answers[asked.length - 1] ?? expired;
  };
  const listed = await listObjects({ selection, resource: 'pods', right, limit, ask }).catch((error: unknown) => error);
  return { listed, asked };
}

const named = (name: string): object => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name } });

test('pages are joined, and their items get the kind that they come without', async () => {
  const { listed, asked } = await list([page(['a', 'b'], 'more'), page(['c'])]);
  expect(listed).toEqual({ objects: ['a', 'b', 'c'].map(named), version: '9' });
  expect(asked).toEqual(['?limit=500', '?limit=500&continue=more']);
});

test('a limit takes the first page alone', async () => {
  const { listed, asked } = await list([page(['a', 'b'], 'more')], 2);
  expect(listed).toMatchObject({ objects: [named('a'), named('b')] });
  expect(asked).toEqual(['?limit=2']);
});

test('pages that expire are begun anew, three times at most', async () => {
  const { listed, asked } = await list([page(['a'], 'more'), expired, page(['b'])]);
  expect(listed).toMatchObject({ objects: [named('b')] });
  expect(asked.at(-1)).toBe('?limit=500');
  expect((await list([])).listed).toBe(expired.kind === 'refused' ? expired.error : undefined);
});

test.each([
  [{ kind: 'not-found', isObject: false, words: '404 page not found' }, 'KIND_UNKNOWN'],
  [{ kind: 'answered', value: '<html>' }, 'CLUSTER_RESPONSE'],
] as const)('%j is %s', async (outcome, code) => {
  expect((await list([outcome])).listed).toMatchObject({ code });
});

test('nothing is an empty list', async () => {
  expect((await list([page(null)])).listed).toMatchObject({ objects: [] });
});
