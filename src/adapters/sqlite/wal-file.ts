// The write-ahead log of the open database, as a file of our own: made durable here, outside SQLite's lock, and looked
// at for its size. SQLite takes no locks on this file, so opening it is harmless; the database and its `-shm` are never
// opened. While a connection is open the file cannot go away by itself: if it did, somebody removed it.

import { fstatSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { StoreFault } from '../../ports/event-store.ts';
import { type FileIdentity, identify, isSameFile } from './file-identity.ts';

/** Puts everything written to the file so far where `durability: host` wants it. */
export type SyncFile = (file: FileHandle) => Promise<void>;

export const syncData: SyncFile = (file) => file.datasync();

export class WalFile {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #identity: FileIdentity | null;
  readonly #syncFile: SyncFile;
  #running: Promise<void> | null = null;
  #next: Promise<void> | null = null;
  #failure: StoreFault | null = null;

  private constructor(path: string, handle: FileHandle, identity: FileIdentity | null, syncFile: SyncFile) {
    this.path = path;
    this.#handle = handle;
    this.#identity = identity;
    this.#syncFile = syncFile;
  }

  /** Opens the file that SQLite has open at `path`; the database must have been read once, which creates it. */
  static async open(path: string, syncFile: SyncFile): Promise<WalFile> {
    // Windows only syncs what was opened for writing.
    const handle = await open(path, 'r+');
    const { dev, ino } = await handle.stat({ bigint: true });
    return new WalFile(path, handle, { device: dev, inode: ino }, syncFile);
  }

  isInPlace(): boolean {
    return isSameFile(this.#identity, identify(this.path));
  }

  /** Bytes of the file; after a checkpoint it is overwritten from its beginning and keeps its size. */
  sizeBytes(): number {
    return fstatSync(this.#handle.fd).size;
  }

  /**
   * Resolves once everything written before this call is durable. Calls share a sync, but only one that had not started
   * yet: what is written while a sync runs may or may not be in it. Once a sync has failed all later ones fail: the
   * kernel reports a lost write once and then forgets it, so a second success would mean nothing.
   */
  sync(): Promise<void> {
    if (this.#next !== null) return this.#next;
    if (this.#running === null) return this.#start();
    this.#next = this.#startAfter(this.#running);
    return this.#next;
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#running, this.#next]);
    await this.#handle.close();
  }

  #start(): Promise<void> {
    const running = this.#syncOnce().finally(() => {
      this.#running = null;
    });
    this.#running = running;
    return running;
  }

  async #startAfter(running: Promise<void>): Promise<void> {
    await Promise.allSettled([running]);
    this.#next = null;
    return this.#start();
  }

  async #syncOnce(): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    try {
      await this.#syncFile(this.#handle);
    } catch (error) {
      this.#failure = new StoreFault(
        'STORE_UNAVAILABLE',
        `${this.path} could not be made durable: the disk refused. What was written may be lost when the power goes. ` +
          'Nothing more is written by this process; check the disk and start it again.',
        { cause: error, details: { file: this.path, outcome: 'unknown' } },
      );
      throw this.#failure;
    }
  }
}
