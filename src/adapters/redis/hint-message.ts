// What is said on the channel of a log with each batch: who wrote it, and the batch itself unless it is large, so that whoever
// follows need not ask. The first line is JSON, the rest is the body. Anything else is a hint without a batch.

import type { StoredBatch } from '../../ports/event-store.ts';

/** Every subscriber gets it, needed or not. */
const BODY_BYTES = 16 * 1024;

export interface HintMessage {
  readonly writerId: string | null;
  readonly batch: StoredBatch | null;
}

export function messageOf(batch: StoredBatch, writerId: string): string {
  const { body, ...rest } = batch;
  const isWhole = Buffer.byteLength(body) <= BODY_BYTES;
  return `${JSON.stringify({ writerId, isWhole, ...rest })}\n${isWhole ? body : ''}`;
}

export function parseMessage(message: string): HintMessage {
  const end = message.indexOf('\n');
  const said = jsonIn(message.slice(0, end));
  if (said === null) return { writerId: null, batch: null };
  const { writerId, isWhole, ...rest } = said;
  return { writerId, batch: isWhole ? { ...rest, body: message.slice(end + 1) } : null };
}

/** Of a batch only what its hash does not cover is looked at here; whoever takes it checks the rest. */
type Said = Omit<StoredBatch, 'body'> & { readonly writerId: string; readonly isWhole: boolean };

/** Null for what anybody else may have published. */
function jsonIn(text: string): Said | null {
  try {
    const said = JSON.parse(text) as Partial<Said> | null;
    const isOurs = typeof said?.writerId === 'string' && typeof said.id === 'string' && typeof said.format === 'number';
    return isOurs ? (said as Said) : null;
  } catch {
    return null;
  }
}
