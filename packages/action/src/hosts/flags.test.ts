import { describe, expect, test } from '@jest/globals';
import { readFlags } from './flags.ts';

const forms = new Map([
  ['image', 'text'],
  ['push', 'boolean'],
  ['no-cache', 'boolean'],
  ['labels', 'lines'],
  ['tags', 'items'],
  ['help', 'boolean'],
] as const);

const read = (...args: string[]) => readFlags({ forms, renamed: new Map([['name', 'image']]), args });
const valuesOf = (...args: string[]) => Object.fromEntries(read(...args).values);

describe('a command line', () => {
  test.each([
    [['--image', 'shop/ui'], { image: 'shop/ui' }],
    [['--image=shop/ui'], { image: 'shop/ui' }],
    [['--image=--push'], { image: '--push' }],
    [['--image='], { image: '' }],
    [['--image', 'a=b'], { image: 'a=b' }],
    [['--push'], { push: 'true' }],
    [['--push=false'], { push: 'false' }],
    [['--push', 'false', '--image', 'x'], { push: 'false', image: 'x' }],
    [['--no-cache'], { 'no-cache': 'true' }],
    [['--tags', 'a,b', '--tags=c'], { tags: 'a,b\nc' }],
    [['--labels', 'a=1,2', '--labels', 'b=3'], { labels: 'a=1,2\nb=3' }],
    [['-h'], { help: 'true' }],
  ])('%j gives %j', (args, values) => {
    expect(read(...args).faults).toEqual([]);
    expect(valuesOf(...args)).toEqual(values);
  });

  test.each([
    [['--imag', 'x'], 'There is no flag --imag.', 'did you mean --image?'],
    [['--name', 'x'], 'The input --name has been renamed to --image.', 'use --image'],
    [['--image'], 'The flag --image needs a value.', undefined],
    [['--image', '--push'], 'The flag --image needs a value.', undefined],
    [['--image', 'a', '--image', 'b'], 'The flag --image is given more than once.', undefined],
    [['--image', 'a', 'b'], '"b" belongs to no flag.', undefined],
    [['--push', 'maybe'], '"maybe" belongs to no flag.', undefined],
    [['-x'], 'There is no flag -x.', 'run the same command with --help to see the flags'],
  ])('%j is a fault', (args, message, remedy) => {
    const { faults } = read(...args);
    expect(faults.map(fault => fault.message)).toEqual([message]);
    expect(faults[0]?.remedy).toBe(remedy);
  });

  test('that is wrong in several ways gives every fault', () => {
    expect(read('--imag', 'x', '--push', 'maybe', '--tags').faults).toHaveLength(3);
  });
});
