// History as the body of an answer: a part is read from the log when the one before was taken. Whoever takes nothing for long
// is cut, because an export keeps a place that others wait for; so is everybody when the server stops.

import type { Clock } from '../../../ports/clock.ts';
import type { HistoryPart } from '../../answer/history-text.ts';

/** A reader that is only slow takes something within this. */
const STALL_MS = 60_000;

export interface HistorySource {
  readonly lines: AsyncIterator<HistoryPart>;
  readonly clock: Clock;
  /** Ends it from outside. */
  readonly signal: AbortSignal;
  /** Called when it is over, in whatever way. More than once, perhaps. */
  readonly close: () => void;
}

/** Rejects, before anything was said, with what the log says against it. */
export async function historyStream({
  lines,
  clock,
  signal,
  close,
}: HistorySource): Promise<ReadableStream<Uint8Array>> {
  const text = new TextEncoder();
  let ahead: IteratorResult<HistoryPart> | null = await lines.next();
  let stopTimer = (): void => undefined;
  const nextLines = async (): Promise<string | null> => {
    for (;;) {
      const part = ahead ?? (await lines.next());
      ahead = null;
      // An export that was given up is not the whole.
      if (signal.aborted) throw new Error('the server stops');
      if (part.done === true) return null;
      if (part.value.lines !== '') return part.value.lines;
    }
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        stopTimer();
        try {
          const found = await nextLines();
          if (found === null) {
            close();
            controller.close();
            return;
          }
          controller.enqueue(text.encode(`${found}\n`));
          stopTimer = clock.after(STALL_MS, () => giveUp(controller, new Error('the reader takes nothing')), {
            background: true,
          });
        } catch (error) {
          giveUp(controller, error);
        }
      },
      async cancel() {
        stopTimer();
        close();
        await lines.return?.();
      },
    },
    { highWaterMark: 1 },
  );

  function giveUp(controller: ReadableStreamDefaultController<Uint8Array>, error: unknown): void {
    close();
    controller.error(error);
    lines.return?.().catch(() => {
      // It ends what is over already.
    });
  }
}
