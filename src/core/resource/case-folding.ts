// Unicode simple case folding, for fleets of which a worktree lies on a file system that folds case.
//
// Two code points are the same when a regular expression with the flags `iu` takes them for the same: the language
// defines that as simple case folding (CaseFolding.txt, status C and S). So the engine's own Unicode data decides and no
// table is shipped. Length never changes under it: `ß` and `ss` stay different. The image of a class of code points is
// its ASCII letter where it has one, else its smallest member; that it need not be the one CaseFolding.txt names does
// not matter to comparing.

const ASCII = /^\p{ASCII}*$/u;
/** No script with cases lies beyond, nor in the blocks of Han, Hangul, surrogates and private use. */
const CASED_BLOCKS: readonly (readonly [number, number])[] = [
  [0x41, 0x33ff],
  [0xa000, 0xabff],
  [0xf900, 0x1ffff],
];

interface Cased {
  readonly images: ReadonlyMap<number, number>;
  /** The same in ascending order: code point, image. */
  readonly ordered: readonly (readonly [number, number])[];
}
let cased: Cased | null = null;

/** `text` with every code point replaced by its image. */
export function foldText(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  let folded = '';
  for (const character of text) folded += String.fromCodePoint(foldCodePoint(character.codePointAt(0) ?? 0));
  return folded;
}

/** The image of one code point. */
export function foldCodePoint(codePoint: number): number {
  if (codePoint < 0x80) return codePoint >= 0x41 && codePoint <= 0x5a ? codePoint + 0x20 : codePoint;
  return knownCased().images.get(codePoint) ?? codePoint;
}

/** Every code point that shares its class with another one, in ascending order, with its image. Computed once. */
export function casedCodePoints(): readonly (readonly [number, number])[] {
  return knownCased().ordered;
}

function knownCased(): Cased {
  cased ??= computeCased();
  return cased;
}

function computeCased(): Cased {
  const groups = new Map<string, number[]>();
  for (const [from, to] of CASED_BLOCKS) {
    for (let codePoint = from; codePoint <= to; codePoint++) addToGroup(groups, codePoint);
  }
  const images: [number, number][] = [];
  for (const group of groups.values()) {
    if (group.length > 1) images.push(...partition(group));
  }
  const ordered = images.toSorted(([left], [right]) => left - right);
  return { images: new Map(ordered), ordered };
}

/** Code points of one class always agree in one of these, so a class lies within a group; a group may hold several. */
function addToGroup(groups: Map<string, number[]>, codePoint: number): void {
  const character = String.fromCodePoint(codePoint);
  const upper = character.toUpperCase();
  if (upper === character && character.toLowerCase() === character) return;
  const key = upper.toLowerCase() === 'ß' ? 'ss' : upper.toLowerCase();
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [codePoint]);
  else group.push(codePoint);
}

function partition(group: readonly number[]): [number, number][] {
  const images: [number, number][] = [];
  let rest = group;
  for (let first = rest[0]; first !== undefined; first = rest[0]) {
    const same = new RegExp(`^\\u{${first.toString(16)}}$`, 'iu');
    const members = rest.filter((codePoint) => same.test(String.fromCodePoint(codePoint)));
    rest = rest.filter((codePoint) => !members.includes(codePoint));
    const image = members.find((codePoint) => codePoint >= 0x61 && codePoint <= 0x7a) ?? first;
    if (members.length > 1) images.push(...members.map((member): [number, number] => [member, image]));
  }
  return images;
}
