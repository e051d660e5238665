// The clients whose hooks are understood, by name.

import { claudeCode, codex, vscode } from './claude-style.ts';
import { cursor } from './cursor.ts';
import type { Dialect } from './dialect.ts';
import { gemini } from './gemini.ts';

const DIALECTS: readonly Dialect[] = [claudeCode, codex, cursor, gemini, vscode];

export const HOOK_CLIENTS: readonly string[] = DIALECTS.map(({ client }) => client);

/** `name` in normal form; null for a client that is not known. */
export function dialectOf(name: string | null): Dialect | null {
  return DIALECTS.find(({ client }) => client === name) ?? null;
}
