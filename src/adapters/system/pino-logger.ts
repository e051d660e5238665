// The log of processes that stay: pino's lines of JSON on stderr. Writing never waits for whoever reads stderr; when nobody does,
// at most a megabyte is kept and the rest is dropped.

import type { Logger, LogLevel } from '../../ports/logger.ts';
import { withoutSecrets } from './redact.ts';

const STDERR = 2;
const KEPT_BYTES_MAX = 1024 * 1024;

/** Loads pino only now, so that short commands need not. */
export async function createPinoLogger(level: LogLevel): Promise<Logger> {
  const { destination, pino, stdTimeFunctions } = await import('pino');
  const stderr = destination({ fd: STDERR, sync: false, maxLength: KEPT_BYTES_MAX });
  const base = { pid: process.pid };
  return guarded(pino({ level, base, timestamp: stdTimeFunctions.isoTime }, stderr));
}

/** Pino can censor the fields of a line but not those of a child, so both are censored before it sees them. */
function guarded(logger: Logger): Logger {
  return {
    error: (fields, message) => logger.error(withoutSecrets(fields), message),
    warn: (fields, message) => logger.warn(withoutSecrets(fields), message),
    info: (fields, message) => logger.info(withoutSecrets(fields), message),
    debug: (fields, message) => logger.debug(withoutSecrets(fields), message),
    child: (fields) => guarded(logger.child(withoutSecrets(fields))),
  };
}
