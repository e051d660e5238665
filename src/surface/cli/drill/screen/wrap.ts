// Running text in lines of a given width, alone or in columns.

import { textWidth } from '../../output/text-width.ts';

/** `text` broken at blanks into lines of at most `width` columns; a longer word gets a line of its own. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}

/** `text` behind `head`, continued under its own beginning. */
export function hanging(head: string, text: string, width: number): readonly string[] {
  const indent = textWidth(head);
  const [first = '', ...rest] = wrapped(text, width - indent);
  return [`${head}${first}`, ...rest.map((line) => `${' '.repeat(indent)}${line}`)];
}

/** Texts side by side, each wrapped in its own column, two blanks between them. `paints` colour without taking room. */
export function columns(
  texts: readonly string[],
  widths: readonly number[],
  paints: readonly (((text: string) => string) | null)[] = [],
): readonly string[] {
  const cells = texts.map((text, i) => wrapped(text, widths[i] ?? text.length));
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, row) => {
    const last = cells.findLastIndex((lines) => (lines[row] ?? '') !== '');
    const shown = cells.slice(0, last + 1).map((lines, i) => {
      const text = lines[row] ?? '';
      const blanks = i === last ? 0 : Math.max(0, (widths[i] ?? 0) - textWidth(text));
      return `${text === '' ? '' : (paints[i]?.(text) ?? text)}${' '.repeat(blanks)}`;
    });
    return shown.join('  ');
  });
}
