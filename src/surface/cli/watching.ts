// `--watch`: a view that is shown again whenever something happened, and each second while a person looks, because ages
// grow. A program gets one JSON document a line. Ctrl-C ends it; that is no failure.

import type { Context } from './context.ts';
import { EXIT } from './exit-code.ts';
import type { SeenFleet } from './open-fleet.ts';
import type { Look } from './output/screen.ts';

export interface Shown {
  readonly document: unknown;
  readonly lines: (look: Look) => readonly string[];
}

const REFRESH_MS = 1_000;
/** Several events of one moment are one change. */
const CALM_MS = 50;

/** Shows `see()` once, or with `watch` until the process is asked to end. */
export async function showView(
  context: Context,
  fleet: SeenFleet,
  watch: boolean,
  see: () => Promise<Shown>,
): Promise<number> {
  if (watch) return watchView(context, fleet, see);
  const { document, lines } = await see();
  context.tell(document, lines);
  return EXIT.done;
}

async function watchView(context: Context, fleet: SeenFleet, see: () => Promise<Shown>): Promise<number> {
  const { screen } = context.cli;
  const end = untilAsked();
  const isScreen = screen.isTerminal && !context.json;
  for await (const _ of changes(fleet, end, isScreen)) {
    const { document, lines } = await see();
    if (end.aborted) break;
    if (isScreen) screen.redraw(lines(screen.look(fleet.worktree.id)));
    else context.tell(document, (look) => [`--- ${fleet.clock.wallAt()}`, ...lines(look)]);
  }
  return EXIT.done;
}

/** Yields at once, after each change of the log, and each second with `alsoEachSecond`; ends with the signal. */
async function* changes(fleet: SeenFleet, end: AbortSignal, alsoEachSecond: boolean): AsyncIterable<void> {
  let wake: () => void = () => undefined;
  let isChanged = true;
  const change = () => {
    isChanged = true;
    wake();
  };
  end.addEventListener('abort', change, { once: true });
  const fed = listen(fleet, end, change);
  try {
    while (!end.aborted) {
      if (isChanged) {
        isChanged = false;
        yield;
        await new Promise<void>((resolve) => fleet.clock.after(CALM_MS, resolve));
        continue;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (alsoEachSecond) fleet.clock.after(REFRESH_MS, change);
      });
    }
  } finally {
    await fed;
  }
}

async function listen(fleet: SeenFleet, signal: AbortSignal, change: () => void): Promise<void> {
  const { head } = fleet.coordinator.health();
  for await (const _ of fleet.coordinator.feed({ after: head.seq, signal })) change();
}

/** Aborts when the process is asked to end. */
export function untilAsked(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => controller.abort(signal));
  return controller.signal;
}
