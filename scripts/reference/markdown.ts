// Small parts of Markdown that every page is made of.

/** A table; what would end a cell is escaped. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const safe = (cell: string): string => cell.replaceAll(/(?<!\\)\|/g, '\\|').replaceAll('\n', ' ');
  return [line(titles), line(titles.map(() => '---')), ...rows.map((row) => line(row.map(safe)))].join('\n');
}

export function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

const WIDTH = 110;

/** JSON in which whatever fits a line stands on one. */
export function folded(value: unknown, indent = ''): string {
  const flat = spaced(value);
  if (indent.length + flat.length <= WIDTH || typeof value !== 'object' || value === null) return flat;
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const parts = isList
    ? value.map((each) => folded(each, inner))
    : Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${folded(each, inner)}`);
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${indent}${close}`;
}

function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${spaced(each)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}
