// What a word of a command line may be, told by the name that its place has in the usage: `<agent>`, `[resources...]`. Names
// mean the same in every command, save for a few.

/** What the shell completes by itself; what only the fleet knows; or nothing, because it is free text. */
export type ValueKind = 'files' | 'folders' | FleetKind | 'nothing' | readonly string[];

export type FleetKind =
  | 'agent'
  | 'alert'
  | 'finding'
  | 'held'
  | 'heldOrAgent'
  | 'incident'
  | 'key'
  | 'lease'
  | 'resource'
  | 'target'
  | 'ticket';

const CLIENTS = ['claude-code', 'cursor', 'vscode', 'codex', 'gemini'];
const VIEWS = ['status', 'locks', 'agents', 'waits', 'alerts', 'incident', 'diagnose'];
const DRILLS = [
  'too-many-cooks',
  'deadlock-ring',
  'retry-storm',
  'desk-death',
  'identity-collision',
  'silent-holder',
  'disk-full',
  'clock-jump',
];

export const BY_PLACEHOLDER: Readonly<Record<string, ValueKind>> = {
  '0..1': 'nothing',
  'RES=TOKEN': 'lease',
  about: 'heldOrAgent',
  action: 'nothing',
  address: 'nothing',
  agent: 'agent',
  alert: 'alert',
  args: 'files',
  'check-in': 'nothing',
  command: 'files',
  commit: 'nothing',
  count: 'nothing',
  cursor: 'nothing',
  dir: 'folders',
  duration: ['30s', '1m', '5m', '30m', '1h'],
  file: 'files',
  finding: 'finding',
  folder: 'folders',
  format: 'nothing',
  from: 'nothing',
  hash: 'nothing',
  id: 'agent',
  'kind=ok|failed': 'nothing',
  key: 'key',
  kind: 'nothing',
  lease: 'lease',
  leases: 'lease',
  level: ['silent', 'error', 'warn', 'info', 'debug'],
  message: 'nothing',
  n: 'nothing',
  name: 'nothing',
  names: 'folders',
  number: 'nothing',
  numbers: 'nothing',
  offer: 'nothing',
  path: 'folders',
  program: 'files',
  reflection: 'nothing',
  remote: 'nothing',
  resource: 'held',
  resources: 'resource',
  seq: 'nothing',
  shell: ['bash', 'zsh', 'fish'],
  summary: 'nothing',
  text: 'nothing',
  ticket: 'ticket',
  to: 'agent',
  type: 'nothing',
  url: 'nothing',
  value: 'nothing',
  view: VIEWS,
  when: ['10m', '1h', '24h'],
};

/** By the command, and the option or the name of the argument. */
export const EXCEPTIONS: Readonly<Record<string, ValueKind>> = {
  'alerts hook name': 'target',
  'drill name': DRILLS,
  'incident close number': 'incident',
  'incident note number': 'incident',
  'incident report number': 'incident',
  'incident show number': 'incident',
  'init --client': CLIENTS,
  'run --lock': 'resource',
  'store copy to': 'nothing',
};

/** What may stand in `where`, the command and the option or argument in it, whose place in the usage is named `placeholder`. */
export function kindOf(where: string, placeholder: string): ValueKind {
  return EXCEPTIONS[where] ?? BY_PLACEHOLDER[placeholder] ?? wordsIn(placeholder);
}

/** `<open|closed>` says itself what it takes. */
function wordsIn(placeholder: string): readonly string[] {
  return placeholder.includes('|') ? placeholder.split('|') : [];
}
