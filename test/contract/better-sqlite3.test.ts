import { exerciseEventStore } from './event-store-contract.ts';
import { createSqliteLog } from './sqlite-log.ts';

exerciseEventStore({
  name: 'sqlite (better-sqlite3)',
  create: () => createSqliteLog('better-sqlite3'),
  exceptions: [],
});
