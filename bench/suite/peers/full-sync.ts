import { join } from 'node:path';
import Database from 'better-sqlite3';

/** SQLite as its documentation shows it: each append is a transaction that is synced before the call returns. */
export function openFullSync(folder: string): { readonly append: (body: string) => void; readonly close: () => void } {
  const database = new Database(join(folder, 'full.db'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec('CREATE TABLE log (seq INTEGER PRIMARY KEY, body TEXT NOT NULL)');
  const insert = database.prepare('INSERT INTO log (body) VALUES (?)');
  return { append: (body) => void insert.run(body), close: () => database.close() };
}
