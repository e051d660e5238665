// `brigade mcp`: one MCP client over stdin and stdout, until it goes.
//
//   serving   from the first moment; the log is opened meanwhile, and calls wait for it or answer why it cannot be opened
//   leaving   the input ended, the client's pipe broke, or a signal came: waits are left, calls under way answer
//   gone      this process is off its sessions, the store is closed
//
// Nothing but the protocol goes to stdout.

import type { Readable, Writable } from 'node:stream';
import { atMost } from '../../app/at-most.ts';
import { type OpenSeat, SeatDoor } from '../../app/seat/seat-door.ts';
import type { Environment, SettingFlags } from '../../app/settings.ts';
import { setupRejection } from '../../app/setup-rejection.ts';
import type { Logger } from '../../ports/logger.ts';
import { onEndSignals } from '../end-signals.ts';
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

/** Longer than a healthy store needs to note that this process left; the others find a dead process by themselves. */
const GOODBYE_MS = 2_000;

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
  const forget = onEndSignals({ end: connection.end, after: (ms, run) => void setTimeout(run, ms).unref() });
  // The client is greeted first; then the rest of the program is loaded and the log opened. A failure is told by the first call.
  setImmediate(() => void door.seat());
  await connection.closed;
  await atMost(GOODBYE_MS, door.close(), { after });
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

/** This file is loaded before the rest of the program, and with it the clock. */
function after(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}
