// A log that is one file of this machine: what its keeper may do with it beside reading and appending.

import type { EventStore } from './event-store.ts';

/** What `doctor` wants to know of the file. */
export interface LogFileReport {
  readonly file: string;
  /** Library and its version, for people. */
  readonly driver: string;
  readonly libraryVersion: string;
  readonly schemaVersion: number;
  readonly durability: 'host' | 'process';
  readonly fileBytes: number;
  readonly walBytes: number;
  /** Why the last checkpoint of this process failed; null when all is well. */
  readonly checkpointTrouble: string | null;
  /** Another process kept the write lock for as long as was tried: nobody writes. */
  readonly isWriteLocked: boolean;
  /** What the library's own check of the file found; empty when it is whole. */
  readonly findings: readonly string[];
}

export interface LogFile extends EventStore {
  /** Copies the log, as it is at this moment, to a file that must not exist yet. */
  backup(file: string): Promise<void>;
  /** Another process keeps the write lock for as long as is tried: nobody writes. */
  isWriteLocked(): Promise<boolean>;
  /** Reads the whole file at once, so it belongs in a process that serves nobody. */
  inspect(): Promise<LogFileReport>;
}

export interface Replacement {
  /** The log that is put aside. */
  readonly file: string;
  /** What takes its place and loses its own name; on the same disk. */
  readonly by: string;
  /** Where the log is kept from now on; must not exist. */
  readonly aside: string;
}
