// What a host remembers, kept in memory: one per host, shared by its processes.

import type { HostMemory } from '../../src/app/host-memory.ts';
import type { Witness, WitnessedHead } from '../../src/ports/witness.ts';

export class TestHost implements HostMemory {
  known: string | null = null;
  /** While set, witnesses are kept back, as if the process had died before it wrote them. */
  isForgetful = false;
  readonly #witnesses = new Map<string, Witness>();

  fleetId(): Promise<string | null> {
    return Promise.resolve(this.known);
  }

  remember(fleetId: string): Promise<void> {
    this.known = fleetId;
    return Promise.resolve();
  }

  witness(fleetId: string): Promise<Witness | null> {
    return Promise.resolve(this.#witnesses.get(fleetId) ?? null);
  }

  /** Another host that remembers the same. */
  copy(): TestHost {
    const other = new TestHost();
    other.known = this.known;
    for (const [fleetId, witness] of this.#witnesses) other.#witnesses.set(fleetId, witness);
    return other;
  }

  keepWitness(fleetId: string) {
    return {
      raise: (head: WitnessedHead) => this.#raise(fleetId, head),
      flush: () => Promise.resolve(),
      trouble: () => null,
      close: () => Promise.resolve(),
    };
  }

  #raise(fleetId: string, { epoch, seq, hash }: WitnessedHead): void {
    const known = this.#witnesses.get(fleetId);
    const isHigher = known === undefined || epoch > known.epoch || (epoch === known.epoch && seq > known.seq);
    if (this.isForgetful || !isHigher) return;
    this.#witnesses.set(fleetId, { fleetId, epoch, seq, hash, wallAt: '2025-11-19T23:25:00.000Z' });
  }
}
