// Who takes part: the agents of that night by the names they had, and as many more as are asked for.

import type { Random } from './random.ts';
import { wholeFrom } from './random.ts';
import type { BoardSeat } from './screen/board.ts';

/**
 * `frozen` is stopped with a lock in its hand, `steady` works throughout, `rescue` is sent in, `ended` is killed with a
 * lock in its hand, and the `others` work.
 */
export type Role = 'frozen' | 'steady' | 'rescue' | 'ended' | 'other';

/** Whoever takes part in a drill, as its process needs to know it. */
export interface Actor {
  /** Number in the cast, from 0: names its journal. */
  readonly index: number;
  /** What it asks to be called: an id, or what it is for. */
  readonly asks: { readonly id: string } | { readonly purpose: string };
  readonly client: string;
  /** Revision of MCP that its client speaks. */
  readonly revision: '2025-11-25' | '2026-07-28';
}

export interface Member extends Actor {
  readonly role: Role;
  /** How many updates it makes in each part of the night. */
  readonly updates: Updates;
}

export interface Updates {
  /** Before the freeze. */
  readonly evening: number;
  /** While the holder stands still. */
  readonly frozen: number;
  /** Behind the holder that is killed. */
  readonly bereft: number;
  /** Until it is declared closed. */
  readonly late: number;
}

/** Two processes each, an agent and its `brigade mcp`: more would measure the machine and not the fleet. */
export const AGENTS = { least: 4, usual: 7, most: 32 } as const;

/** Those beyond the seven of that night stand in line and take their turn, and do not make the night longer. */
const FEW: Updates = { evening: 1, frozen: 1, bereft: 0, late: 0 };
const NONE: Updates = { evening: 0, frozen: 0, bereft: 0, late: 0 };

interface Known extends Pick<Member, 'asks' | 'client' | 'role'> {
  readonly updates: Updates | null;
}

/** The seven of that night. The first four are enough for every scene. */
const KNOWN: readonly Known[] = [
  // 28 updates: it freezes in its 28th.
  { asks: { id: 'claude_chat' }, client: 'claude_code', role: 'frozen', updates: { ...NONE, evening: 27, frozen: 1 } },
  {
    asks: { id: 'composer_cursor_v1.0.3' },
    client: 'cursor',
    role: 'steady',
    updates: { evening: 6, frozen: 6, bereft: 2, late: 1 },
  },
  { asks: { purpose: 'discovery' }, client: 'claude_code_cli', role: 'rescue', updates: { ...NONE, frozen: 2 } },
  { asks: { id: 'test_agent' }, client: 'claude_code', role: 'ended', updates: null },
  { asks: { id: 'claude_code_cli' }, client: 'claude_code', role: 'other', updates: null },
  { asks: { id: 'composer_cursor' }, client: 'cursor', role: 'other', updates: null },
  // Two terminals that chose the same name.
  { asks: { id: 'test_agent' }, client: 'claude_code', role: 'other', updates: null },
];

const CLIENTS = ['codex', 'gemini', 'windsurf', 'copilot', 'cline', 'aider'];
const PURPOSES = ['tests', 'docs', 'review', 'types', 'release'];

/** `count` agents, from `AGENTS.least` to `AGENTS.most`. */
export function castOf(count: number, random: Random): readonly Member[] {
  return Array.from({ length: count }, (_, index) => {
    const known = KNOWN[index] ?? further(index - KNOWN.length);
    const { asks, client, role } = known;
    const updates = known.updates ?? (index < KNOWN.length ? updatesOfOlder(random) : FEW);
    return { index, asks, client, role, updates, revision: client === 'cursor' ? '2026-07-28' : '2025-11-25' };
  });
}

/** The two that take two files in opposite order: those with least to do in the other scenes. */
export function crossingPair(cast: readonly Member[]): readonly [Member, Member] {
  const order: readonly Role[] = ['other', 'steady', 'frozen'];
  const [one, other] = order.flatMap((role) => cast.filter((member) => member.role === role));
  if (one === undefined || other === undefined) throw new Error('the cast is too small for two to cross');
  return [one, other];
}

/** How many updates a member makes that nothing happens to. */
export function quotaOf({ updates }: Pick<Member, 'updates'>): number {
  return updates.evening + updates.frozen + updates.bereft + updates.late;
}

export function askedName({ asks, client }: Pick<Actor, 'asks' | 'client'>): string {
  return 'id' in asks ? asks.id : `${client} for ${asks.purpose}`;
}

/** A member's place on the board. */
export function seatOf(member: Member): BoardSeat {
  return { name: askedName(member), quota: quotaOf(member), comesLater: member.role === 'rescue' };
}

/** How much the older identities do follows from the seed. */
function updatesOfOlder(random: Random): Updates {
  return {
    evening: wholeFrom(random, 2, 3),
    frozen: wholeFrom(random, 1, 2),
    bereft: 1,
    late: wholeFrom(random, 0, 2),
  };
}

function further(index: number): Known {
  const client = CLIENTS[index % CLIENTS.length] as string;
  const purpose = PURPOSES[Math.floor(index / CLIENTS.length) % PURPOSES.length] as string;
  return { asks: { purpose }, client, role: 'other', updates: null };
}
