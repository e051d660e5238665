import type { McpAgent } from './mcp-agent.ts';
import { waitUntil } from './wait-until.ts';

/** Waits until `count` tickets stand in the lines of the fleet, as `spectator` sees it. */
export async function untilInLine(spectator: McpAgent, count: number): Promise<void> {
  const look = async (): Promise<boolean> => (await spectator.call('fleet_status')).told.counts?.waits === count;
  await waitUntil(`${count} in line`, look, { withinMs: 30_000 });
}
