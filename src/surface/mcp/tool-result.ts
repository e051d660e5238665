// What a tool call answers: structured content, and one plain sentence for the agents whose client shows them only text.
// So whatever an agent needs to go on (tokens, tickets, handles, what to do next) is in the sentence too.

import type { SeatOutcome } from '../../app/seat/seat-outcome.ts';
import { isRejection, type Rejection } from '../../core/rejection.ts';
import type { Reply } from '../../core/reply.ts';
import { type Presences, type Replied, spokenNotices, spokenRejection } from '../answer/spoken.ts';

export interface ToolResult {
  readonly structured: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly isError: boolean;
}

/** A result as one tool makes it, before notices and refusals. */
export interface Spoken {
  readonly structured: Readonly<Record<string, unknown>>;
  readonly text: string;
}

type Heard = Pick<SeatOutcome, 'notices' | 'worktree' | 'registered'>;

const NOTHING_HEARD: Heard & { readonly at: number } = { notices: [], worktree: '', registered: null, at: 0 };

/** A refusal. */
export function toolRejection(
  rejection: Rejection,
  heard: Heard & { readonly at: number } = NOTHING_HEARD,
  presences: Presences = new Map(),
): ToolResult {
  const spoken = spokenRejection(rejection, heard, presences);
  return withNotices(
    { structured: { ...spoken }, text: `${spoken.code}: ${spoken.message} ${spoken.next}` },
    heard,
    true,
  );
}

/** `speak` for a reply, a refusal otherwise; with the notices of the call, and the name it registered under, if it did. */
export function toolResult<R extends Reply>(
  outcome: SeatOutcome<R>,
  speak: (replied: Replied<R>) => Spoken,
  presences: Presences = new Map(),
): ToolResult {
  const { answer } = outcome;
  if (isRejection(answer)) return toolRejection(answer, outcome, presences);
  return withNotices(speak({ ...outcome, answer }), outcome, false);
}

/** A view, or why there is none. */
export function toolView<V>(
  seen: { readonly view: V | Rejection; readonly notices: SeatOutcome['notices']; readonly worktree: string },
  speak: (view: V) => Spoken,
): ToolResult {
  const heard = { notices: seen.notices, worktree: seen.worktree, registered: null };
  if (isRejection(seen.view)) return toolRejection(seen.view, { ...heard, at: 0 });
  return withNotices(speak(seen.view), heard, false);
}

function withNotices({ structured, text }: Spoken, heard: Heard, isError: boolean): ToolResult {
  const notices = spokenNotices(heard);
  const { registered } = heard;
  const name = registered === null ? '' : ` You act as ${registered.agentId}.${sentences(registered.warnings)}`;
  const news = notices.length === 0 ? '' : ` Notice:${sentences(notices.map((notice) => notice.text))}`;
  const who =
    registered === null
      ? {}
      : { registered: { agentId: registered.agentId, sessionId: registered.sessionId, warnings: registered.warnings } };
  return { structured: { ...structured, ...who, notices }, text: `${text}${name}${news}`, isError };
}

function sentences(texts: readonly string[]): string {
  return texts.map((text) => ` ${/[.!?]$/.test(text) ? text : `${text}.`}`).join('');
}
