// What in the files of clients is ours. Told by what it runs and not by where it stands, so that it is found again whoever wrote
// the file anew, moved an entry or installed Brigade elsewhere.

import type { Marks } from './merge/config-file.ts';

/** The name of our server, in every client. */
export const SERVER_NAME = 'brigade';

export const MARKS: Marks = { isServer, isHandler };

type Fields = Readonly<Record<string, unknown>>;

/** By its name, and by what it starts or where it is. */
function isServer(name: string, value: unknown): boolean {
  if (name !== SERVER_NAME || !isFields(value)) return false;
  const words = [value.command, ...listOf(value.args)].filter((word) => typeof word === 'string');
  if (words.some(namesBrigade) && words.includes('mcp')) return true;
  return [value.url, value.httpUrl].some((url) => typeof url === 'string' && /\/mcp\/?$/.test(url));
}

/** `brigade`, `/usr/bin/brigade`, `C:\npm\brigade.cmd`, `/lib/brigade/bin/brigade.js`, `brigade@0`. */
function namesBrigade(word: string): boolean {
  return /(^|[\\/])brigade(\.js|\.cmd|\.ps1|@[^\\/]*)?$/.test(word);
}

function isHandler(value: unknown): boolean {
  if (!isFields(value)) return false;
  const { command, args, url } = value;
  if (typeof url === 'string') return /\/hooks\/(claude-code|cursor|vscode|codex|gemini)\/?(\?.*)?$/.test(url);
  if (typeof command !== 'string') return false;
  const line = [command, ...listOf(args)].join(' ');
  return /(^|[\\/"'\s])brigade-hook(\.js|\.cmd)?["']?\s+["']?(claude-code|cursor|vscode|codex|gemini)\b/.test(line);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
