// What a desk and its guests say to each other: JSON texts, one message each.
//
//   guest: hello ─> desk: prove ─> guest: proof ─> desk: welcome          (or `refuse` instead of any of the desk's)
//
// Both sides prove the key over both nonces, so neither a recorded greeting nor a greeting sent on by somebody else is
// worth anything. Then calls, each under a number of the guest's; a number is answered once. Times are readings of the
// place's monotonic clock, which both sides read.

import type { Command } from '../../core/command.ts';
import { FORMAT } from '../../core/event.ts';
import type { PastMoment, PastQuery } from '../../core/view/past.ts';
import type { Query } from '../../core/view/views.ts';
import type { StoreFaultCode } from '../../ports/event-store.ts';
import type { Hasher } from '../../ports/hasher.ts';
import type { FeedEvent, Health, Outcome, WaitProgress } from '../coordinator.ts';
import type { HookCall, HookCaller } from '../hook/hook-call.ts';
import type { Starter } from '../starter.ts';

/** Raised with every change of these messages, of commands, views or answers. Only equals talk to each other. */
const MESSAGES = 5;
/** A log of another format is folded and decided on differently. */
export const DESK_PROTOCOL = `${MESSAGES}.${FORMAT}`;

/** Nothing heard from a desk that owes an answer for this long: it is passed over. */
export const SILENCE_MS = 2_000;
/** How often a desk says that it is there to whoever waits for an answer. */
export const BEAT_MS = 500;
/** Before both have proved themselves nothing larger is read. */
export const GREETING_CHARACTERS = 4_096;
export const FEED_CHUNK_EVENTS = 256;

/** Who somebody is, for `brigade ps`. */
export interface DeskPerson {
  readonly pid: number;
  readonly startTime: string;
  /** What it does: `mcp`, `serve`, `cli`. */
  readonly kind: string;
  readonly version: string;
  /** The client that it was started for, where it was told. */
  readonly client: string | null;
  /** Who started it, noted when it started; null where that could not be seen. */
  readonly startedBy: Starter | null;
}

export interface Hello {
  readonly t: 'hello';
  readonly protocol: string;
  readonly nonce: string;
  readonly placeId: string;
  /** The store that is meant, without secrets. */
  readonly store: string;
  readonly durability: string;
  readonly person: DeskPerson;
  /** It may open the next desk. */
  readonly mayOpen: boolean;
}

export type RefusalReason = 'protocol' | 'place' | 'store' | 'durability' | 'key' | 'full' | 'leaving';

export interface Refuse {
  readonly t: 'refuse';
  readonly why: RefusalReason;
  /** One plain sentence. */
  readonly message: string;
}

/** What a guest knows without asking; as of the last time it asked for anything but a decision. */
export interface DeskStatus {
  readonly fleetId: string | null;
  readonly health: Health;
}

export interface GuestRow extends DeskPerson {
  readonly isDesk: boolean;
  readonly connectedMs: number;
  /** Since its last message. */
  readonly idleMs: number;
  /** Calls that it waits for. */
  readonly calls: number;
}

export interface Fault {
  /** Null: a fault of ours. */
  readonly code: StoreFaultCode | null;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export type FromGuest =
  | Hello
  | { readonly t: 'proof'; readonly mac: string }
  | {
      readonly t: 'submit';
      readonly id: number;
      readonly sentMs: number;
      readonly receivedMs: number;
      readonly command: Command;
      readonly progress: boolean;
    }
  | { readonly t: 'cut' | 'cancel'; readonly id: number }
  | { readonly t: 'view'; readonly id: number; readonly query: Query }
  | { readonly t: 'past'; readonly id: number; readonly query: PastQuery; readonly moment: PastMoment }
  | { readonly t: 'found' | 'guests'; readonly id: number }
  | { readonly t: 'feed'; readonly id: number; readonly after: number; readonly once: boolean }
  | { readonly t: 'more' | 'stop'; readonly id: number }
  | { readonly t: 'keep'; readonly id: number; readonly sessionId: string }
  /** A hook of a client asks what to do. Whose process it is, the greeting has said. */
  | { readonly t: 'hook'; readonly id: number; readonly call: HookCall; readonly caller: Omit<HookCaller, 'pid'> }
  | { readonly t: 'opened' };

export type FromDesk =
  | Refuse
  | { readonly t: 'prove'; readonly nonce: string; readonly mac: string }
  | { readonly t: 'welcome'; readonly status: DeskStatus }
  | { readonly t: 'outcome'; readonly id: number; readonly outcome: Outcome }
  | { readonly t: 'value'; readonly id: number; readonly value: unknown; readonly status: DeskStatus }
  | { readonly t: 'fault'; readonly id: number; readonly fault: Fault }
  /** It came too late to be decided here: ask again. */
  | { readonly t: 'stale'; readonly id: number }
  | { readonly t: 'progress'; readonly id: number; readonly progress: WaitProgress }
  | { readonly t: 'events'; readonly id: number; readonly events: readonly FeedEvent[]; readonly isOver: boolean }
  | { readonly t: 'beat' }
  /** Open the next desk, and say so. */
  | { readonly t: 'open' }
  /** Another desk is published: go there, and ask again what is not answered. */
  | { readonly t: 'moved' };

/** What each side proves with. The roles differ, so that an answer cannot be sent back as one's own. */
export function proofOf(
  hasher: Hasher,
  key: string,
  who: 'desk' | 'guest',
  said: { readonly hello: Hello; readonly deskNonce: string },
): string {
  const { nonce, protocol, placeId, store } = said.hello;
  return hasher.hmacSha256Hex(key, JSON.stringify([who, nonce, said.deskNonce, protocol, placeId, store]));
}

/** Null for a text that is no message at all. What it says is trusted only after the greeting. */
export function parseMessage(text: string): { readonly t: string } | null {
  try {
    const said: unknown = JSON.parse(text);
    const isMessage = typeof said === 'object' && said !== null && 't' in said && typeof said.t === 'string';
    return isMessage ? (said as { readonly t: string }) : null;
  } catch {
    return null;
  }
}
