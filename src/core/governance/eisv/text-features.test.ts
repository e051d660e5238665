import { describe, expect, it } from 'vitest';
import { driftOf, textFeatures } from './text-features.ts';

const first = (text: string) => textFeatures(text, null, null);

describe('the features of a text', () => {
  it('are those of the example', () => {
    const features = first('Simple response without code.');
    expect(features.length).toBeCloseTo(0.086_669_165_5, 10);
    expect(features).toMatchObject({ complexity: 0.2, info: 1, coherence: 1 });
    expect(driftOf(features)).toBeCloseTo(0.06, 12);
  });

  it.each([
    ['', 0.2],
    ['```js\n```', 0.5],
    ['a Tool_Call', 0.5],
    ['```\ntool_call', 0.8],
    ['An ASYNC thing', 0.4],
    ['subclasses are imported: algorithmic functions', 0.4],
    ['``` function', 0.7],
    ['tool_call function', 0.7],
    ['``` tool_call class', 1],
    ['`` tool call', 0.2],
  ])('%j has complexity %d', (text, complexity) => {
    expect(first(text).complexity).toBe(complexity);
  });

  it('take a stated complexity in the place of the derived one', () => {
    expect(textFeatures('``` tool_call class', null, 0.1).complexity).toBe(0.1);
    expect(textFeatures('plain', null, 0).complexity).toBe(0);
  });

  it.each([
    ['', 0],
    [' \n\t ', 0],
    ['one', 1],
    ['One one TWO two', 0.5],
    ['a b\u001cc\u0085d\u00a0e\u3000f', 1],
    ['a\u001fa\u2028a a', 0.25],
    ['a\ufeffa a', 1],
  ])('%j: the share of distinct words is %d', (text, info) => {
    expect(first(text).info).toBe(info);
  });

  it.each([
    ['the first of all', 'anything', null, 1],
    ['the first of all, empty', '', null, 1],
    ['the same in capitals', 'Red GREEN', 'green red', 1],
    ['nothing in common', 'red', 'green', 0],
    ['one of three', 'red green', 'green blue', 1 / 3],
    ['this one empty', ' ', 'green', 0.5],
    ['the one before empty', 'green', '', 0.5],
    ['both empty', '', '', 0.5],
  ])('likeness: %s', (_, text, previous, coherence) => {
    expect(textFeatures(text, previous, null).coherence).toBe(coherence);
  });

  it('see half of the length at 500 characters', () => {
    expect(first('\u{1f52a}'.repeat(500)).length).toBe(0.5);
  });
});
