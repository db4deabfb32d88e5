/** For each field the values that it may have. */
export type Choices<Row> = { readonly [Name in keyof Row]-?: readonly Row[Name][] };

/**
 * Rows in which every two values of two fields meet, in far fewer rows than all combinations. Each row begins with a pair that no row has
 * yet, and takes for each other field the value that meets most new ones. The same choices give the same rows.
 */
export function pairwise<Row extends object>(choices: Choices<Row>): Row[] {
  const sizes = Object.entries<readonly unknown[]>(choices).map(([name, values]) => ({ name, size: values.length }));
  const open = new Set(allPairs(sizes));
  const rows: number[][] = [];
  for (const pair of open) {
    const row = fill(pair, { sizes, open });
    for (const met of pairsOf(row)) open.delete(met);
    rows.push(row);
  }
  return rows.map(row => rowOf(choices, row));
}

interface Field {
  readonly name: string;
  readonly size: number;
}

/** The value `value` of the field at `field`, met with that of a later field. */
function pairKey(one: readonly [number, number], other: readonly [number, number]): string {
  return [one, other].flat().join(' ');
}

function allPairs(fields: readonly Field[]): string[] {
  const values = fields.flatMap(({ size }, field) => Array.from({ length: size }, (_, value) => [field, value] as const));
  return values.flatMap(one => values.filter(other => other[0] > one[0]).map(other => pairKey(one, other)));
}

function pairsOf(row: readonly number[]): string[] {
  return row.flatMap((value, field) =>
    row.slice(field + 1).map((other, after) => pairKey([field, value], [field + 1 + after, other])),
  );
}

function fill(pair: string, { sizes, open }: { sizes: readonly Field[]; open: ReadonlySet<string> }): number[] {
  const [field = 0, value = 0, otherField = 0, otherValue = 0] = pair.split(' ').map(Number);
  const chosen = new Map([
    [field, value],
    [otherField, otherValue],
  ]);
  for (const [at, { size }] of sizes.entries()) {
    if (chosen.has(at)) continue;
    const gains = Array.from({ length: size }, (_, candidate) => gain([at, candidate], { chosen, open }));
    chosen.set(at, gains.indexOf(Math.max(...gains)));
  }
  return sizes.map((_, at) => chosen.get(at) ?? 0);
}

function gain(
  candidate: readonly [number, number],
  { chosen, open }: { chosen: ReadonlyMap<number, number>; open: ReadonlySet<string> },
): number {
  return [...chosen].filter(other => open.has(other[0] < candidate[0] ? pairKey(other, candidate) : pairKey(candidate, other)))
    .length;
}

function rowOf<Row extends object>(choices: Choices<Row>, row: readonly number[]): Row {
  const entries = Object.entries<readonly unknown[]>(choices).map(([name, values], at) => [name, values[row[at] ?? 0]] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Row;
}
