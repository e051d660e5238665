// `brigade mcp`: one MCP client over stdin and stdout, until it goes.
//
//   serving   from the first moment; the log is opened meanwhile, and calls wait for it or answer why it cannot be opened
//   leaving   the input ended, the client's pipe broke, or a signal came: waits are left, calls under way answer
//   gone      this process is off its sessions, the store is closed
//
// Nothing but the protocol goes to stdout.

import type { Readable, Writable } from 'node:stream';
import { type OpenSeat, SeatDoor } from '../../app/seat/seat-door.ts';
import type { Environment, SettingFlags } from '../../app/settings.ts';
import { setupRejection } from '../../app/setup-rejection.ts';
import type { Logger } from '../../ports/logger.ts';
import { serveStdio } from './serve-stdio.ts';
import { TOOLS } from './tools.ts';

export interface McpStart {
  readonly flags: SettingFlags;
  readonly env: Environment;
  /** The current folder. */
  readonly folder: string;
  readonly version: string;
  readonly input: Readable;
  readonly output: Writable;
  readonly errors: Writable;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Longer than a healthy store needs to note that this process left; the others find a dead process by themselves. */
const GOODBYE_MS = 2_000;
const EXIT_INTERRUPTED = 130;

/** Serves until the client is gone. */
export async function runMcp(start: McpStart): Promise<void> {
  const { flags, env, folder, version, input, output, errors } = start;
  // Whatever this process starts must not have an operator's authority.
  delete process.env.BRIGADE_OPERATOR_TOKEN;
  let logger: Logger | null = null;
  const open = async (): Promise<OpenSeat> => {
    const { openMcpSeat } = await import('./mcp-seat.ts');
    const onLogger = (found: Logger): void => {
      logger = found;
    };
    return openMcpSeat({ flags, env, folder, onLogger });
  };
  const door = new SeatDoor(open, (error) => complain(errors, logger, error));
  const onTrouble = (error: unknown, what: string): void => logger?.error({ err: error }, what);
  const connection = serveStdio({ input, output, tools: TOOLS, seat: () => door.seat(), version, onTrouble });
  const forget = onSignals(connection.end);
  // The client is greeted first; then the rest of the program is loaded and the log opened. A failure is told by the first call.
  setImmediate(() => void door.seat());
  await connection.closed;
  await within(GOODBYE_MS, door.close());
  forget();
}

/** The client hears it as the answer to its call; whoever reads the log of the client sees it here. */
function complain(errors: Writable, logger: Logger | null, error: unknown): void {
  if (logger !== null) {
    logger.error({ err: error }, 'no seat in the fleet');
    return;
  }
  const rejection = setupRejection(error);
  errors.write(`brigade mcp: ${rejection === null ? String(error) : `${rejection.message} ${rejection.next}`}\n`);
}

/** The first signal ends in order, the second at once. */
function onSignals(end: () => void): () => void {
  let isEnding = false;
  const onSignal = (): void => {
    if (isEnding) process.exit(EXIT_INTERRUPTED);
    isEnding = true;
    end();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}

/** Waits for `work`, but not for ever. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work, over]);
  clearTimeout(timer);
}
