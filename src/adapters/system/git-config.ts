// The few settings of a repository that say where its work tree is, read without starting git. Included files and the
// user's own settings are not looked at: git writes these keys into the repository's own file.

export interface GitLayout {
  readonly bare: boolean;
  /** `core.worktree` as written, relative to the git directory; null when not set. */
  readonly worktree: string | null;
  /** `extensions.worktreeConfig`: another file, `config.worktree`, overrides this one. */
  readonly hasWorktreeFile: boolean;
}

/** Reads the texts in order; what a later one says wins. */
export function parseGitLayout(...texts: readonly string[]): GitLayout {
  const values = new Map<string, string>();
  for (const text of texts) for (const [key, value] of entriesOf(text)) values.set(key, value);
  return {
    bare: isTrue(values.get('core.bare')),
    worktree: values.get('core.worktree') ?? null,
    hasWorktreeFile: isTrue(values.get('extensions.worktreeconfig')),
  };
}

/** `section.key` in lower case with its value. Sections with a subsection are not needed and get no entries. */
function entriesOf(text: string): readonly (readonly [string, string])[] {
  const entries: (readonly [string, string])[] = [];
  let section: string | null = null;
  for (const raw of text.replaceAll(/\\\r?\n/g, '').split(/\r?\n/)) {
    const header = /^\s*\[\s*([^\]\s"]+)\s*("[^\]]*)?\]/.exec(raw);
    if (header !== null) section = header[2] === undefined ? (header[1] ?? '').toLowerCase() : null;
    const line = header === null ? raw : raw.slice(header[0].length);
    const entry = /^\s*([A-Za-z][A-Za-z0-9-]*)\s*(?:=(.*))?$/.exec(line);
    if (entry === null || section === null) continue;
    // A key without a value means true.
    entries.push([
      `${section}.${(entry[1] ?? '').toLowerCase()}`,
      entry[2] === undefined ? 'true' : plainValue(entry[2].trimStart()),
    ]);
  }
  return entries;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', b: '\b' };

/** Quotes, escapes and comments as git reads them. */
function plainValue(text: string): string {
  let value = '';
  let quoted = false;
  let kept = 0;
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charAt(i);
    if (char === '"') quoted = !quoted;
    else if (char === '\\') {
      i += 1;
      value += ESCAPES[text.charAt(i)] ?? text.charAt(i);
    } else if (!quoted && (char === '#' || char === ';')) break;
    else value += char;
    // Blanks at the end count only inside quotes.
    if (quoted || char.trim() !== '') kept = value.length;
  }
  return value.slice(0, kept);
}

function isTrue(value: string | undefined): boolean {
  if (value === undefined) return false;
  return ['true', 'yes', 'on', '1'].includes(value.toLowerCase());
}
