// Takes properties or elements out of a JSON text: they, the blanks before them and one comma. Comments around them stay.

import { endOf, type Node, type Token, tokensBetween } from './json-tree.ts';
import { applyEdits, blanksBefore, isBlank, type TextEdit } from './text-edit.ts';

/** The edits that take `gone`, children of `container`, out. `inside` is what stood in it while it was empty; null: unknown. */
export function removal(
  text: string,
  container: Node,
  gone: ReadonlySet<Node>,
  inside: string | null,
): readonly TextEdit[] {
  const isEmptied = (container.children ?? []).every((child) => gone.has(child));
  if (!isEmptied) return cuts(text, container, gone);
  const left = leftInside(text, container, gone);
  if (inside !== null && left.trim() === inside.trim()) return [replaced(container, inside)];
  return isBlank(left) ? [replaced(container, '')] : cuts(text, container, gone);
}

/** What would be left between the brackets of `container` without `gone`. */
export function leftInside(text: string, container: Node, gone: ReadonlySet<Node>): string {
  const [from, to] = insideOf(container);
  const edits = cuts(text, container, gone).map((edit) => ({ ...edit, offset: edit.offset - from }));
  return applyEdits(text.slice(from, to), edits);
}

function cuts(text: string, container: Node, gone: ReadonlySet<Node>): readonly TextEdit[] {
  const children = container.children ?? [];
  const [from, to] = insideOf(container);
  const ends = [from, ...children.map(endOf)];
  // What stands before each child, and behind the last.
  const gaps = ends.map((end, i) => tokensBetween(text, end, children[i]?.offset ?? to));
  const commas = gaps.slice(1).map((tokens) => tokens.find(({ kind }) => kind === 'comma') ?? null);
  const cutEnd = (i: number): number => commas[i]?.end ?? endOf(children[i] as Node);
  // Where those end that go together with this one, nothing but blanks between them.
  const runEnd = (i: number): number => {
    const next = children[i + 1];
    const goesOn = next !== undefined && gone.has(next) && isBlank(text.slice(cutEnd(i), next.offset));
    return goesOn ? runEnd(i + 1) : cutEnd(i);
  };
  const edits = children.flatMap((child, i) => {
    if (!gone.has(child)) return [];
    const start = startOfCut(text, child, gaps[i] ?? [], runEnd(i));
    const comma = commas[i] ?? null;
    return [cut(start, endOf(child)), ...(comma === null ? [] : [cut(comma.offset, comma.end)])];
  });
  const last = children.findLastIndex((child) => !gone.has(child));
  // Who is last now has no comma behind it where the one that was last had none.
  const stray = last < children.length - 1 && commas.at(-1) === null ? (commas[last] ?? null) : null;
  return stray === null ? edits : [...edits, cut(stray.offset, stray.end)];
}

/** The blanks before a child go with it, but not the end of a comment that would then go on with what is left of the line. */
function startOfCut(text: string, child: Node, before: readonly Token[], runEnd: number): number {
  const isBehindComment = before.findLast(({ kind }) => kind !== 'blank')?.kind === 'line comment';
  const isLineOver = isBlank(text.slice(runEnd).split('\n', 1)[0] ?? '');
  return isBehindComment && !isLineOver ? child.offset : blanksBefore(text, child.offset);
}

function insideOf(container: Node): readonly [from: number, to: number] {
  return [container.offset + 1, endOf(container) - 1];
}

function replaced(container: Node, inside: string): TextEdit {
  const [from, to] = insideOf(container);
  return { offset: from, length: to - from, text: inside };
}

function cut(from: number, to: number): TextEdit {
  return { offset: from, length: to - from, text: '' };
}
