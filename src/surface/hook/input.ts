// Reading what a client sends, by name and without trust: fields that are missing, of another kind or unknown are nothing to
// stumble over, because the next version of a client has others.

export type Fields = Readonly<Record<string, unknown>>;

/** No path and no id of any client is longer. */
const TEXT_MAX = 4_096;

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** The first of the fields that is a text and not empty. */
export function textIn(fields: Fields, ...names: readonly string[]): string | null {
  for (const name of names) {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (typeof value === 'string' && value !== '' && value.length <= TEXT_MAX) return value;
  }
  return null;
}

/** The same of any length: a command, a patch. */
export function longTextIn(fields: Fields, ...names: readonly string[]): string | null {
  for (const name of names) {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
}

export function listIn(fields: Fields, ...names: readonly string[]): readonly unknown[] {
  const lists = names.map((name) => (Object.hasOwn(fields, name) ? fields[name] : undefined));
  return lists.find((value) => Array.isArray(value)) ?? [];
}
