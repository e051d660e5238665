// A change of a text: at `offset`, `length` characters give way to `text`.

export interface TextEdit {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/** `text` with all `edits` done. They do not overlap; of two at one place the earlier in the list comes first. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const pieces: string[] = [];
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.offset - b.offset)) {
    pieces.push(text.slice(at, edit.offset), edit.text);
    at = edit.offset + edit.length;
  }
  return [...pieces, text.slice(at)].join('');
}

/** The line ends of a text: those of its first line. */
export function lineEndOf(text: string): '\n' | '\r\n' {
  const first = text.indexOf('\n');
  return first > 0 && text[first - 1] === '\r' ? '\r\n' : '\n';
}

/** Blanks and tabs at the start of the line in which `offset` lies. */
export function indentAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? '';
}

/** Where the blanks, tabs and line ends begin that stand right before `offset`. */
export function blanksBefore(text: string, offset: number): number {
  let at = offset;
  while (at > 0 && isBlank(text[at - 1] ?? '')) at -= 1;
  return at;
}

export function isBlank(text: string): boolean {
  return /^[ \t\r\n]*$/.test(text);
}
