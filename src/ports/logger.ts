// A structured log for the people who run Brigade; pino satisfies it as it is. It goes to stderr, never to stdout,
// which is the wire of MCP over stdio.

export type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug';

type LogFields = Readonly<Record<string, unknown>>;

export interface Logger {
  error(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  debug(fields: LogFields, message: string): void;
  /** A logger that adds `fields` to every line. */
  child(fields: LogFields): Logger;
}
