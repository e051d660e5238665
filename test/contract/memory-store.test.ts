import { createMemoryLog } from '../../src/adapters/memory/memory-log.ts';
import { createMemoryStore } from '../../src/adapters/memory/memory-store.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { changeBody, rollBack, tearSnapshot, wipe } from '../support/memory-damage.ts';
import { exerciseEventStore } from './event-store-contract.ts';

exerciseEventStore({
  name: 'memory',
  create: async () => {
    const log = createMemoryLog();
    return {
      connect: () => createMemoryStore(log, nodeHasher),
      damage: {
        tearSnapshot: async (seq) => tearSnapshot(log, seq),
        changeBody: async (lastSeq) => changeBody(log, lastSeq),
        rollBack: async (seq) => rollBack(log, seq),
        wipe: async () => wipe(log),
      },
      remove: () => Promise.resolve(),
    };
  },
  exceptions: [
    { clause: 'S8', reason: 'it lives in one process and is gone with it; traits.survives says nothing survives' },
    { clause: 'S15', reason: 'there is nothing between the store and its memory that could be out of reach' },
  ],
});
