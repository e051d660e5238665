// What a post does of what it is told: seats an agent, asks for it, looks.

import { randomUUID } from 'node:crypto';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { bodyHash } from '../../src/app/body-hash.ts';
import type { Fleet } from '../../src/compose.ts';
import type { Command } from '../../src/core/command.ts';
import { cookHere } from '../support/library-cook.ts';
import type { Order, Told } from './post.ts';

/** Never rejects: what went wrong is told. */
export async function obey(fleet: Fleet, order: Exclude<Order, { readonly do: 'close' }>): Promise<Told> {
  const { n } = order;
  try {
    switch (order.do) {
      case 'seat': {
        const { agentId, sessionId, handleHash } = await cookHere(fleet, order.agentId);
        return { n, kind: 'seated', seat: { agentId, sessionId, handleHash } };
      }
      case 'ask':
        return { n, kind: 'answered', outcome: await fleet.coordinator.submit(commandOf(order)) };
      case 'role':
        return { n, kind: 'role', role: fleet.coordinator.role().role };
      case 'view':
        return { n, kind: 'seen', value: await fleet.coordinator.view(order.query) };
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : null;
    return { n, kind: 'failed', code, message: error instanceof Error ? error.message : String(error) };
  }
}

function commandOf({ ask, handleHash, requestId }: Order & { readonly do: 'ask' }): Command {
  const by =
    handleHash === null
      ? ({ kind: 'operator', name: 'chef', proof: 'terminal' } as const)
      : ({ kind: 'session', handleHash } as const);
  // The process tells operators' requests apart by their ids too.
  return { ...ask, by, requestId: requestId ?? randomUUID(), bodyHash: bodyHash(nodeHasher, { ...ask }) };
}
