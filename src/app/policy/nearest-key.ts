// What somebody may have meant who wrote a key that does not exist.

/** The key of `keys` that is fewest slips away from `text`, if they are few; else null. */
export function nearestKey(text: string, keys: readonly string[]): string | null {
  if (text.length > LONGEST) return null;
  const few = Math.max(2, Math.floor(text.length / 3));
  let [nearest, least]: [string | null, number] = [null, few + 1];
  for (const key of keys) {
    const slips = slipsBetween(text.toLowerCase(), key.toLowerCase());
    if (slips < least) [nearest, least] = [key, slips];
  }
  return nearest;
}

/** Whoever types more than this did not slip. */
const LONGEST = 64;

/** Letters left out, put in or exchanged (Levenshtein). */
function slipsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (const [i, letter] of Array.from(one).entries()) {
    const next = [i + 1];
    for (const [j, each] of Array.from(other).entries()) {
      const [above = 0, left = 0, diagonal = 0] = [row[j + 1], next[j], row[j]];
      next.push(Math.min(above + 1, left + 1, diagonal + (letter === each ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
