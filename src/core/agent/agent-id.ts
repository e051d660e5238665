// Ids of agents: what one may be, which ones look alike, and which ones say nothing.
//
// An id ends up in file names, logs and lines for people, so the alphabet is small and an id is parsed before it touches
// anything. Two ids that a reader can take for each other count as the same taken id.

import { type Rejection, reject } from '../rejection.ts';

declare const brand: unique symbol;
export type AgentId = string & { readonly [brand]: 'AgentId' };

/** Longest id: a file name made of it keeps room for suffixes under every file system's 255 bytes. */
const AGENT_ID_LENGTH = 63;
const AGENT_ID = /^[a-z0-9][a-z0-9._-]{0,62}$/;
/** More of a text than this never shows in its nearest id. */
const LOOKED_AT = 256;
const NAMELESS = 'my_agent';

/** `text` as an id, or INVALID_ID with the nearest allowed id. */
export function parseAgentId(text: string): AgentId | Rejection {
  if (isAgentId(text)) return text;
  const nearest = nearestAgentId(text);
  return reject('INVALID_ID', {
    message: `${flawOf(text)} An agent id is 1 to ${AGENT_ID_LENGTH} characters of a-z, 0-9, . _ - and begins with a letter or digit.`,
    next: `Register as ${nearest}, or choose another id of this form.`,
    details: { nearest },
  });
}

export function isAgentId(text: string): text is AgentId {
  return AGENT_ID.test(text);
}

/** The allowed id that is nearest to `text`: small letters, accents dropped, anything else one `_`. */
export function nearestAgentId(text: string): AgentId {
  const plain = text
    .slice(0, LOOKED_AT)
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9._-]+/g, '_')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, AGENT_ID_LENGTH)
    .replace(/_+$/, '');
  const nearest = plain === '' ? NAMELESS : plain;
  return nearest as AgentId;
}

/** Equal for ids that a reader can take for each other: 0 is o, 1 is l, and `-`, `_` and `.` are one sign. */
export function lookAlikeKey(id: string): string {
  return id.replaceAll('0', 'o').replaceAll('1', 'l').replace(/[._]/g, '-');
}

// Names of clients and roles that any agent might choose. Two agents that both call themselves so are one agent to
// everybody who reads the log: the founding incident had `claude_code_cli`, `composer_cursor` and two `test`.
const GENERIC = [
  'admin',
  'agent',
  'ai',
  'ai_agent',
  'aider',
  'anonymous',
  'assistant',
  'bot',
  'brigade',
  'chat',
  'claude',
  'claude_chat',
  'claude_code',
  'claude_code_cli',
  'claude_desktop',
  'cli',
  'client',
  'cline',
  'codex',
  'codex_cli',
  'composer',
  'composer_cursor',
  'copilot',
  'cursor',
  'cursor_agent',
  'default',
  'default_agent',
  'demo',
  'example',
  'gemini',
  'gemini_cli',
  'main',
  'mcp',
  'me',
  'my_agent',
  'operator',
  'root',
  'subagent',
  'sub_agent',
  'system',
  'test',
  'test_agent',
  'tester',
  'unknown',
  'user',
  'vscode',
  'windsurf',
  'worker',
] as const;

const genericKeys: ReadonlySet<string> = new Set(GENERIC.map(lookAlikeKey));

/** True when `id` is, or looks like, a name that tells nobody apart. */
export function isGeneric(id: string): boolean {
  return genericKeys.has(lookAlikeKey(id));
}

function flawOf(text: string): string {
  if (text === '') return 'The id is empty.';
  if (text.length > AGENT_ID_LENGTH) return `The id has ${text.length} characters.`;
  return `${JSON.stringify(text)} is not an agent id.`;
}
