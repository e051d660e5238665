// The characters of resource names: which may occur, and how a character that means something in a key is written when
// it is only part of a name.
//
// A key is one line of text, so `#` (a symbol follows), `* ? [ ] { }` (a pattern) and `%` itself are escaped where they
// belong to a name: `app/%5Bid%5D/c%23.ts`. A backslash is escaped too, because half of its users mean a separator.
// Only the ten escapes below exist; any other `%` is a percent sign, so `100%.txt` may be written as it is.

const CODES: Readonly<Record<string, string>> = {
  '#': '%23',
  '%': '%25',
  '*': '%2A',
  ',': '%2C',
  '?': '%3F',
  '[': '%5B',
  '\\': '%5C',
  ']': '%5D',
  '{': '%7B',
  '}': '%7D',
};
const CHARACTERS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(CODES).map(([character, code]) => [code, character]),
);

const ESCAPE = /%(?:2[35ac]|3f|5[bcd]|7[bd])/gi;
const ESCAPE_OR_PERCENT = /%(?:2[35ac]|3f|5[bcd]|7[bd])?/gi;
const MEANINGFUL = /[#%*?[\]{}\\]/g;
const UNUSABLE = /[\p{Cc}\p{Zl}\p{Zp}]/u;

/** A literal name as it stands in a key. */
export function escapeName(name: string): string {
  return name.replace(MEANINGFUL, (character) => CODES[character] ?? character);
}

/** The literal name that `text` stands for. */
export function unescapeName(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(ESCAPE, (code) => CHARACTERS[code.toUpperCase()] ?? code);
}

/** The same pattern with its escapes in one spelling and every other percent sign escaped. */
export function normaliseEscapes(pattern: string): string {
  return pattern.replace(ESCAPE_OR_PERCENT, (code) => (code === '%' ? '%25' : code.toUpperCase()));
}

/** The escaped character that starts at `index`, or null. */
export function escapeAt(text: string, index: number): string | null {
  return CHARACTERS[text.slice(index, index + 3)] ?? null;
}

/** True when `text` holds a character that makes a pattern. Escaped ones do not. */
export function hasPattern(text: string): boolean {
  return /[*?[{]/.test(text);
}

/** Why `text` cannot be part of a name (too long, empty, control characters, broken Unicode); null when it can. */
export function flawOf(text: string, maxBytes: number): string | null {
  if (text === '') return 'is empty';
  if (text.length > maxBytes || utf8Bytes(text) > maxBytes) return `is longer than ${maxBytes} bytes`;
  if (!text.isWellFormed()) return 'is not well-formed Unicode';
  return UNUSABLE.test(text) ? 'contains a control character' : null;
}

/** Length of `text` in UTF-8. A lone surrogate counts as the replacement character would. */
export function utf8Bytes(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (isPair(text, index)) {
      bytes += 4;
      index += 1;
    } else bytes += 3;
  }
  return bytes;
}

function isPair(text: string, index: number): boolean {
  return (text.codePointAt(index) ?? 0) > 0xffff;
}

/** `text` for a message: whole when short, else its beginning, with control characters made visible. */
export function quote(text: string): string {
  const start = text.length > 80 ? `${text.slice(0, 80).toWellFormed()}…` : text;
  return JSON.stringify(start).replace(UNSEEN, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Besides what JSON escapes: control characters of eight bits, line separators, marks that turn the direction or are not seen. */
const UNSEEN = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;
