// SQLite alone, with the durability that Brigade's log has and nothing else: what waits is inserted in one transaction, the
// write-ahead log is synced outside of it, and then it is answered. No rule, no chain, no reader.

import { mkdtemp, open } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';

/** About what one event takes in the log. */
export const BODY = JSON.stringify({ type: 'lease.granted', filler: 'x'.repeat(400) });

interface Waiting {
  readonly body: string;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

export class BareLog {
  readonly #database: Database.Database;
  readonly #insert: Database.Statement;
  readonly #wal: Awaited<ReturnType<typeof open>> | null;
  #waiting: Waiting[] = [];
  #isBusy = false;

  private constructor(database: Database.Database, wal: Awaited<ReturnType<typeof open>> | null) {
    this.#database = database;
    this.#insert = database.prepare('INSERT INTO log (body) VALUES (?)');
    this.#wal = wal;
  }

  /** In a file of its own in the folder; `null`: in no file. */
  static async open(folder: string | null): Promise<BareLog> {
    if (folder === null) return new BareLog(makeTable(new Database(':memory:')), null);
    const file = join(await mkdtemp(join(folder, 'bare-')), 'bare.db');
    const database = makeTable(new Database(file));
    database.prepare('INSERT INTO log (body) VALUES (?)').run('first');
    return new BareLog(database, await open(`${file}-wal`, 'r+'));
  }

  /** Resolves once it is on the disk. */
  append(body: string): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ body, done, failed });
      if (!this.#isBusy) void this.#commit();
    });
  }

  async close(): Promise<void> {
    await this.#wal?.close();
    this.#database.close();
  }

  async #commit(): Promise<void> {
    this.#isBusy = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        this.#database.transaction(() => {
          for (const { body } of batch) this.#insert.run(body);
        })();
        await this.#wal?.datasync();
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    this.#isBusy = false;
  }
}

/** Checkpoints are left out, as Brigade leaves them to a thread. */
function makeTable(database: Database.Database): Database.Database {
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = OFF');
  database.pragma('wal_autocheckpoint = 0');
  database.exec('CREATE TABLE log (seq INTEGER PRIMARY KEY, body TEXT NOT NULL)');
  return database;
}

/** Syncs of one page that this folder's disk makes in a second, one after the other. */
export async function syncsPerSecond(folder: string): Promise<number> {
  const file = await open(join(folder, 'probe'), 'w');
  const page = Buffer.alloc(4_096, 1);
  const beganMs = performance.now();
  let syncs = 0;
  for (; performance.now() - beganMs < 500; syncs += 1) {
    await file.write(page, 0, page.length, 0);
    await file.datasync();
  }
  await file.close();
  return Math.round(syncs / 0.5);
}
