// Inputs that are almost right, which come farther than noise does: what a parser takes, changed in a few places.

import type { Random } from './random.ts';

/** What stands for a value or within a text where nobody expects it. */
const ODD_VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  0.5,
  1e21,
  -0,
  2 ** 53,
  Number.MAX_SAFE_INTEGER,
  '',
  ' ',
  '0',
  'NaN',
  '__proto__',
  'constructor',
  'toString',
  '..',
  '../../etc/passwd',
  '/',
  'a\u0000b',
  'a\nb',
  '\u001b[2J',
  '\u001b]0;x\u0007',
  '\u202e',
  '\ufeff',
  '\ud800',
  'e\u0301',
  '\u{1f512}',
  'x'.repeat(5_000),
  '['.repeat(500),
  [],
  {},
  [null],
  [[[[]]]],
  { toString: 1 },
];

const ODD_TEXTS: readonly string[] = ODD_VALUES.filter((value) => typeof value === 'string');
const SIGNS = '{}[]()<>"\'`\\/|:;,.#@*?!$%&=+-_~^ \t\r\n\u0000\u00a0\u2028';

/** `valid` with a few changes. */
export function mutatedText(random: Random, valid: readonly string[]): string {
  let text = random.pick(valid);
  for (let left = random.between(1, 4); left > 0; left -= 1) text = changed(random, text, valid);
  return text;
}

function changed(random: Random, text: string, valid: readonly string[]): string {
  const from = random.below(text.length + 1);
  const to = Math.min(text.length, from + random.between(1, 12));
  const [before, cut, after] = [text.slice(0, from), text.slice(from, to), text.slice(to)];
  return random.weighted<() => string>([
    [3, () => before + after],
    [3, () => before + random.pick(ODD_TEXTS) + after],
    [3, () => before + (SIGNS[random.below(SIGNS.length)] ?? '') + after],
    [2, () => before + cut + cut + after],
    [1, () => before + cut.repeat(random.pick([50, 500])) + after],
    [
      2,
      () =>
        before +
        String.fromCodePoint(random.pick([random.below(128), random.below(0x300), random.below(0xd7ff)])) +
        after,
    ],
    [1, () => before],
    [1, () => before + random.pick(valid)],
    [
      1,
      () =>
        before +
        random.pick(['{', '[', '(', '"', "'", '<', '`', '*', '/']).repeat(random.pick([2, 100, 2_000])) +
        after,
    ],
    [1, () => text.toUpperCase()],
    [1, () => Array.from(text).toReversed().join('')],
  ])();
}

/** `valid` with a few of its values replaced, left out, doubled or put elsewhere. */
export function mutatedValue(random: Random, valid: readonly unknown[]): unknown {
  let value: unknown = structuredClone(random.pick(valid));
  for (let left = random.between(1, 3); left > 0; left -= 1) value = touched(random, value, valid, 0);
  return value;
}

function touched(random: Random, value: unknown, valid: readonly unknown[], depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth > 8) return replaced(random, value, valid);
  const keys = Object.keys(value);
  if (keys.length === 0 || random.chance(0.12)) return replaced(random, value, valid);
  const key = random.pick(keys);
  if (Array.isArray(value)) return touchedList(random, value as readonly unknown[], valid, depth);
  const object = value as Readonly<Record<string, unknown>>;
  const { [key]: at, ...rest } = object;
  return random.weighted<() => unknown>([
    [6, () => ({ ...object, [key]: touched(random, at, valid, depth + 1) })],
    [2, () => rest],
    [1, () => ({ ...rest, [`${key}x`]: at })],
    [
      1,
      () =>
        JSON.parse(
          `{"__proto__":${JSON.stringify(at ?? null)},${JSON.stringify(object).slice(1)}`.replace(/,\}$/, '}'),
        ) as unknown,
    ],
  ])();
}

function touchedList(random: Random, list: readonly unknown[], valid: readonly unknown[], depth: number): unknown {
  const at = random.below(list.length);
  return random.weighted<() => unknown>([
    [5, () => list.with(at, touched(random, list[at], valid, depth + 1))],
    [1, () => list.toSpliced(at, 1)],
    [1, () => [...list, ...list]],
    [1, () => [...list, replaced(random, list[at], valid)]],
  ])();
}

function replaced(random: Random, value: unknown, valid: readonly unknown[]): unknown {
  if (typeof value === 'string' && random.chance(0.5)) return mutatedText(random, [value]);
  if (typeof value === 'number' && random.chance(0.5)) return value + random.pick([-1, 1, 0.5, 1e9, -1e9, 2 ** 40]);
  return random.chance(0.9) ? random.pick(ODD_VALUES) : random.pick(valid);
}
