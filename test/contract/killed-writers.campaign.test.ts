import { describe, it } from 'vitest';
import { campaignCount } from '../support/campaign.ts';
import { expectWholeAfterKills } from './killed-writers.ts';
import { createSqliteLog } from './sqlite-log.ts';

/** Kills on one log; then a fresh one, so that reading it again stays short. */
const killsPerLog = 10;
const logs = campaignCount(50, { atLeast: 2 });

describe('S5, S8 writers of one SQLite file killed half-way', () => {
  // oxlint-disable-next-line vitest/expect-expect -- expectWholeAfterKills asserts
  it.each(Array.from({ length: logs }, (_, index) => index + 1))('log %i', async () => {
    const log = await createSqliteLog('better-sqlite3');
    try {
      await expectWholeAfterKills({
        rounds: killsPerLog,
        open: async () => {
          const store = log.connect();
          await store.open();
          return store;
        },
        openElsewhere: async (options) => {
          const store = log.connectElsewhere(options);
          await store.open();
          return store;
        },
      });
    } finally {
      await log.remove();
    }
  });
});
