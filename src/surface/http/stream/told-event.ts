// A fact of the log as it goes out over HTTP: the event as interface and examples pin it, with its sentence. Made into text
// once for all who read it.
//
// Left empty: the hashes of handles and tokens, what a request is recognised by, and the state that a log carries with it when
// it starts again, which is as large as the fleet. What agents write to each other is empty for whom it is not meant.

import type { FeedEvent } from '../../../app/coordinator.ts';
import { withoutMessageText } from '../../../core/message/private-text.ts';
import { sentenceOf } from '../../../core/view/sentence.ts';

/** Facts that not all readers see alike, or that end what a reader showed. */
const SPECIAL: ReadonlySet<FeedEvent['type']> = new Set([
  'message.sent',
  'session.closed',
  'session.lost',
  'operator.token_set',
]);

export class ToldEvent {
  readonly event: FeedEvent;
  readonly #worktree: string;
  #open: string | null = null;
  #whole: string | null = null;

  /** Files of the worktree are named without it in the sentence. */
  constructor(event: FeedEvent, worktree: string) {
    this.event = event;
    this.#worktree = worktree;
  }

  get seq(): number {
    return this.event.seq;
  }

  /** Every reader gets the same, and none loses a right by it. */
  get isPlain(): boolean {
    return !SPECIAL.has(this.event.type);
  }

  /** JSON on one line. `withText`: the reader may see what a message says. */
  json(withText: boolean): string {
    if (withText && this.event.type === 'message.sent') {
      this.#whole ??= this.#told(this.event);
      return this.#whole;
    }
    this.#open ??= this.#told(withoutSecrets(this.event));
    return this.#open;
  }

  /** One event of a stream. */
  frame(withText: boolean): string {
    return `id: ${this.event.seq}\ndata: ${this.json(withText)}\n\n`;
  }

  #told(shown: FeedEvent): string {
    const { request: _request, ...facts } = shown;
    return JSON.stringify({ ...facts, sentence: sentenceOf(this.event, this.#worktree) });
  }
}

function withoutSecrets(event: FeedEvent): FeedEvent {
  switch (event.type) {
    case 'message.sent':
      return withoutMessageText(event);
    case 'session.opened':
    case 'session.handle_renewed':
      return { ...event, handleHash: '' };
    case 'operator.token_set':
      return { ...event, tokenHash: '' };
    case 'epoch.started':
      return { ...event, state: null };
    default:
      return event;
  }
}
