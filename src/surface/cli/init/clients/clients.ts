// The clients that init knows, in the order in which they are asked about.

import type { Client } from '../client.ts';
import { CLAUDE_CODE } from './claude-code.ts';
import { CODEX } from './codex.ts';
import { CURSOR } from './cursor.ts';
import { GEMINI } from './gemini.ts';
import { VSCODE } from './vscode.ts';

export const CLIENTS: readonly Client[] = [CLAUDE_CODE, CURSOR, VSCODE, CODEX, GEMINI];
