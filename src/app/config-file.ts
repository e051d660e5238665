// `.brigade/config.json`: one object of settings. What is wrong is told with its line; nothing unknown is let pass, because
// a misspelt key would silently mean the default.

/** The file as it was read. */
export interface ConfigText {
  readonly path: string;
  readonly text: string;
}

export interface ConfigValue {
  readonly value: string | number;
  readonly line: number;
}

export interface ParsedConfig {
  readonly values: ReadonlyMap<string, ConfigValue>;
  readonly problems: readonly { readonly where: string; readonly problem: string }[];
}

/** What the file may set, and the JSON type of each. */
const KEYS: Readonly<Record<string, 'string' | 'number'>> = {
  store: 'string',
  fleet: 'string',
  host: 'string',
  port: 'number',
  agent: 'string',
  purpose: 'string',
  client: 'string',
  durability: 'string',
  desk: 'string',
  logLevel: 'string',
};

/** Settings that exist but do not belong into the file, with the reason. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  root: 'the file lies below the root and cannot name it; use --root or BRIGADE_ROOT',
  session: 'a handle is a secret and is not kept in a file that others read; use BRIGADE_SESSION',
  operatorToken: 'the operator token is a secret; use BRIGADE_OPERATOR_TOKEN',
};

/** Limits stand before parsing. */
const TEXT_LENGTH_MAX = 64 * 1024;

/** Reads the file's text. Never throws: whatever is wrong is among the problems, by path and line. */
export function parseConfigFile({ path, text }: ConfigText): ParsedConfig {
  if (text.length > TEXT_LENGTH_MAX) return broken(path, `is longer than ${TEXT_LENGTH_MAX} characters`);
  const parsed = parseJson(text.replace(/^\uFEFF/, ''));
  if ('problem' in parsed) return broken(path, parsed.problem);
  if (typeof parsed.value !== 'object' || parsed.value === null || Array.isArray(parsed.value)) {
    return broken(path, 'must hold one object, like { "durability": "host" }');
  }
  return readEntries(path, text, parsed.value);
}

function readEntries(path: string, text: string, object: object): ParsedConfig {
  const values = new Map<string, ConfigValue>();
  const problems: { where: string; problem: string }[] = [];
  for (const [key, value] of Object.entries(object) as [string, unknown][]) {
    const line = lineOfKey(text, key);
    const problem = problemOf(key, value);
    if (problem !== null) problems.push({ where: `${path}:${line}`, problem: `${key.slice(0, 40)}: ${problem}` });
    else if (typeof value === 'string' || typeof value === 'number') values.set(key, { value, line });
  }
  return { values, problems };
}

function problemOf(key: string, value: unknown): string | null {
  const type = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
  if (type === undefined) {
    const elsewhere = Object.hasOwn(ELSEWHERE, key) ? ELSEWHERE[key] : undefined;
    return elsewhere ?? `unknown setting; there are ${Object.keys(KEYS).join(', ')}`;
  }
  return typeof value === type ? null : `must be a ${type}`;
}

/** The file is flat, so a key's text before a colon is that key. */
function lineOfKey(text: string, key: string): number {
  const quoted = JSON.stringify(key);
  for (let at = text.indexOf(quoted); at >= 0; at = text.indexOf(quoted, at + 1)) {
    if (
      text
        .slice(at + quoted.length)
        .trimStart()
        .startsWith(':')
    )
      return lineAt(text, at);
  }
  return 1;
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

function parseJson(text: string): { value: unknown } | { problem: string } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const at = foreignAt(text);
    // What is no part of JSON at all the engine shows without its place; what stands in the wrong place it tells itself.
    return { problem: at === null ? `is not JSON: ${reason}` : `is not JSON in line ${lineAt(text, at)}: ${reason}` };
  }
}

const TOKEN = /\s*(?:[{}[\],:]|"(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|$)/y;

/** Where the first text stands that is no token of JSON; null when all are. */
function foreignAt(text: string): number | null {
  TOKEN.lastIndex = 0;
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    if (!TOKEN.test(text)) return at + (text.slice(at).length - text.slice(at).trimStart().length);
  }
  return null;
}

function broken(path: string, problem: string): ParsedConfig {
  return { values: new Map(), problems: [{ where: path, problem }] };
}
