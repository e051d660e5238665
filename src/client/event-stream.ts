// The log as it grows, for as long as somebody listens: a stream that breaks is opened again behind the last fact that was
// heard, so that none is missed and none comes twice.

import type { BrigadeEvent, EventsOptions } from './agent.ts';
import { BrigadeError } from './brigade-error.ts';
import type { HttpCalls } from './http-calls.ts';
import { framesOf } from './sse.ts';
import { rest, type Time } from './time.ts';

/** Between two tries, growing. A listener has nothing better to do than to wait. */
const PAUSE = { firstMs: 50, mostMs: 2_000 } as const;
/** Refusals that opening the stream again will not change. */
const isFinal = ({ code, category }: { readonly code: string; readonly category: string }): boolean =>
  code !== 'RATE_LIMITED' && ['invalid', 'gone', 'denied', 'missing'].includes(category);

interface Listening extends EventsOptions {
  readonly calls: HttpCalls;
  readonly time: Time;
  /** Shown by whoever has one. */
  readonly session: string | null;
}

export async function* eventStream({ calls, time, session, after, signal }: Listening): AsyncGenerator<BrigadeEvent> {
  let last = after ?? null;
  let pauseMs: number = PAUSE.firstMs;
  const isOver = (): boolean => signal?.aborted === true;
  while (!isOver()) {
    for await (const event of connection({ calls, session, last, signal })) {
      pauseMs = PAUSE.firstMs;
      last = event.seq;
      yield event;
    }
    await rest(time, pauseMs, signal);
    pauseMs = Math.min(pauseMs * 2, PAUSE.mostMs);
  }
}

/** The facts of one connection. Ends where it breaks; throws where another one would not do better. */
async function* connection({
  calls,
  session,
  last,
  signal,
}: Pick<Listening, 'calls' | 'session'> & {
  readonly last: number | null;
  readonly signal: AbortSignal | undefined;
}): AsyncGenerator<BrigadeEvent> {
  const headers: Record<string, string> = { accept: 'text/event-stream' };
  if (last !== null) headers['last-event-id'] = String(last);
  try {
    const response = await calls.open({ method: 'GET', path: '/v1/stream', session, signal }, headers);
    if (response instanceof BrigadeError) {
      if (isFinal(response.rejection)) throw response;
      return;
    }
    if (response.body === null) return;
    for await (const { event, id, data } of framesOf(response.body)) {
      // What the server says of the stream itself has no number.
      if (event === 'message' && id !== null && Number(id) > (last ?? -1)) yield JSON.parse(data) as BrigadeEvent;
    }
  } catch (error) {
    if (error instanceof BrigadeError && isFinal(error.rejection)) throw error;
    // Cut: by whoever listened, by the server's end, or on the way. The next connection goes on behind the last fact.
  }
}
