// The log of commands that are over in a moment: a line of text on stderr, for the person who typed them. Loading pino
// takes about 15 ms, which is a good part of what `brigade locks` may take at all.

import { oneLine } from '../../core/view/one-line.ts';
import type { Logger, LogLevel } from '../../ports/logger.ts';
import { withoutSecrets } from './redact.ts';

const LEVELS: readonly LogLevel[] = ['silent', 'error', 'warn', 'info', 'debug'];

const VALUE_LENGTH = 4_000;

type Fields = Readonly<Record<string, unknown>>;

/** Writes what is at least as grave as `level`. */
export function createPlainLogger(
  level: LogLevel,
  write: (line: string) => void = (line) => process.stderr.write(line),
): Logger {
  return loggerWith({}, LEVELS.indexOf(level), write);
}

function loggerWith(bound: Fields, limit: number, write: (line: string) => void): Logger {
  const at = (level: LogLevel) => (fields: Fields, message: string) => {
    if (LEVELS.indexOf(level) <= limit) write(lineOf(level, { ...bound, ...fields }, message));
  };
  return {
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    debug: at('debug'),
    child: (fields) => loggerWith({ ...bound, ...fields }, limit, write),
  };
}

function lineOf(level: LogLevel, fields: Fields, message: string): string {
  const details = Object.entries(withoutSecrets(fields)).map(([name, value]) => ` ${name}=${shown(value)}`);
  return `brigade: ${level}: ${message}${details.join('')}\n`;
}

function shown(value: unknown): string {
  if (typeof value === 'string' && /^[\w.:/@-]+$/.test(value)) return value;
  const text = JSON.stringify(value instanceof Error ? value.message : value) ?? 'undefined';
  // It goes to a terminal, and JSON leaves in it what only newer terminals take for control characters.
  return oneLine(text, VALUE_LENGTH);
}
