// A lease of hours whose holder falls silent is shortened: it ends soon unless it is used, and never before its holder was told.

import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../../src/app/outcome.ts';
import type { Command } from '../../src/core/command.ts';
import { expiresAt } from '../../src/core/lease/expiry.ts';
import { LIMITS } from '../../src/core/limits.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { LeaseRow } from '../../src/core/rows.ts';
import { randomOf } from '../support/random.ts';
import { rescued, tokenOf, type WatchedFleet, watched } from '../support/watched-fleet.ts';
import { Witness } from '../support/witness.ts';

const STEW = 'task:stew';
const SILENT = 150_000;

/** Ana took a lock of a day and is silent; bo waits. */
function silentAna(): WatchedFleet {
  const fleet = watched('ana', 'bo', 'dee').queue('ana', STEW, 'bo');
  fleet.atMs += SILENT;
  return fleet;
}

function leaseOf(fleet: WatchedFleet): LeaseRow {
  const [lease] = [...fleet.state.leases.rows()].filter(({ resource }) => resource === STEW);
  if (lease === undefined) throw new Error('nobody holds it');
  return lease;
}

function endOf(fleet: WatchedFleet): number {
  return expiresAt(fleet.state, leaseOf(fleet));
}

function holderAt(fleet: WatchedFleet, atMs: number): string | undefined {
  fleet.atMs = atMs;
  fleet.settle();
  return [...fleet.state.leases.rows()].find(({ resource }) => resource === STEW)?.agentId;
}

describe('a lease that is shortened', () => {
  it('ends when what its holder may have been told is over, and the next in line goes on', () => {
    const fleet = silentAna();
    const reply = rescued(fleet.rescue('dee', fleet.found('silent_holder').id, { do: 'shorten' }));
    const end = LIMITS.ttlMs / 4 + LIMITS.beliefMaxMs;
    expect(reply.done).toEqual([
      `ana's lease of task:stew (token ${tokenOf(fleet, 'ana')}) was shortened by dee: it ends in 3m45s unless it is used: "the others wait (silent_holder)".`,
    ]);
    expect(endOf(fleet)).toBe(end);
    expect(holderAt(fleet, end - 1)).toBe('ana');
    expect(holderAt(fleet, end)).toBe('bo');
    new Witness().take(fleet.events);
  });

  it('is kept for half a minute at least, so that its holder can hear of it', () => {
    const fleet = silentAna();
    fleet.atMs = 540_000;
    fleet.look('dee');
    rescued(fleet.rescue('dee', fleet.found('silent_holder').id, { do: 'shorten' }));
    expect(endOf(fleet)).toBe(fleet.atMs + LIMITS.shortenedMs);
    const notices = fleet.state.notices.get('s-ana')?.notices;
    expect(notices).toMatchObject([{ kind: 'lease_shortened', resource: STEW, token: tokenOf(fleet, 'ana') }]);
    expect(notices?.[0]?.text).toContain(
      'unless you use it, it ends 30s after that. dee: the others wait (silent_holder)',
    );
  });

  it('stays with a holder that uses it, with the TTL that leases usually have', () => {
    const fleet = silentAna();
    rescued(fleet.rescue('dee', fleet.found('silent_holder').id, { do: 'shorten' }));
    fleet.atMs += 60_000;
    const leases = [{ resource: STEW, token: tokenOf(fleet, 'ana') }];
    fleet.says('ana', { op: 'renew', leases, ttlMs: null });
    expect(endOf(fleet)).toBe(fleet.atMs + 1.25 * LIMITS.ttlMs);
    fleet.says('ana', { op: 'renew', leases, ttlMs: 3_600_000 });
    expect(endOf(fleet)).toBe(fleet.atMs + 1.25 * 3_600_000);
  });

  it('is shortened once: nothing is gained by it again, nor of one that is short already', () => {
    const fleet = silentAna();
    const { id } = fleet.found('silent_holder');
    rescued(fleet.rescue('dee', id, { do: 'shorten', requestId: 'r-1' }));
    expect(fleet.found('silent_holder').others.map(({ kind }) => kind)).not.toContain('shorten');
    const count = fleet.events.length;
    const again = rescued(fleet.rescue('dee', id, { do: 'shorten', requestId: 'r-1' }));
    expect(again).toMatchObject({ means: 'let the lease of task:stew end within 3m45s unless ana uses it', done: [] });
    expect(fleet.events.slice(count).filter(({ type }) => type !== 'session.active')).toEqual([]);
    expect(fleet.rescue('dee', id, { do: 'shorten' }).answer).toMatchObject({ code: 'NOT_SAFE' });

    const short = watched('ana', 'bo', 'dee');
    const ask = { op: 'acquire', resources: [STEW], mode: 'exclusive', reason: '', priority: 0 } as const;
    short.says('ana', { ...ask, waitMs: 0, ttlMs: LIMITS.ttlMs });
    short.says('bo', { ...ask, waitMs: 600_000, ttlMs: LIMITS.ttlMs });
    short.atMs += SILENT;
    expect(short.found('silent_holder').others.map(({ kind }) => kind)).toEqual(['ask']);
  });

  it('may be that of a holder that works: an operator’s word, and any agent’s after half of the silence that counts', () => {
    const fleet = watched('ana', 'bo', 'dee').queue('ana', STEW, 'bo');
    fleet.atMs += 90_000;
    fleet.look('ana');
    const { id } = fleet.found('slow_holder');
    expect(fleet.rescue('dee', id, { do: 'shorten' }).answer).toMatchObject({ code: 'NOT_SAFE' });
    expect(isRejection(fleet.rescue(null, id, { do: 'shorten', dryRun: true }).answer)).toBe(false);
    fleet.atMs += 90_000;
    rescued(fleet.rescue('dee', id, { do: 'shorten' }));
  });
});

describe('whoever may have been told something', () => {
  it('is never granted past: whatever was answered, to whomever, and however late it was said', () => {
    let shortened = 0;
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = randomOf(seed);
      const fleet = watched('ana', 'bo', 'dee').queue('ana', STEW, 'bo');
      const { token } = leaseOf(fleet);
      let told = 0;
      const hear = (ask: object, by: Command['by']): void => {
        const { answer } = by.kind === 'session' ? fleet.says('ana', ask as never) : fleet.system(ask as never);
        const at = fleet.atMs;
        const command = { ...ask, by, requestId: 'r', bodyHash: '' } as Command;
        const speaking = {
          state: fleet.state,
          command,
          answer,
          at,
          latestAt: at,
          confirmedSeq: Number.MAX_SAFE_INTEGER,
        };
        const { safeForMs } = outcomeOf({ ...speaking, waitedMs: 0, placeSafeForMs: null });
        told = Math.max(told, at + (safeForMs[token] ?? 0));
      };
      const ana = { kind: 'session', handleHash: 'h-ana' } as const;
      const anybody = { kind: 'system', name: 'test' } as const;
      for (let step = 0; step < 12 && fleet.state.leases.get(String(token)) !== undefined; step += 1) {
        fleet.atMs += random.pick([1_000, 20_000, 74_999, 200_000, 900_000]);
        random.weighted([
          [2, () => hear({ op: 'check', resource: STEW, token }, ana)],
          [2, () => hear({ op: 'check', resource: STEW, token }, anybody)],
          [1, () => hear({ op: 'renew', leases: [{ resource: STEW, token }], ttlMs: null }, ana)],
          [1, () => fleet.look('ana')],
          [1, () => void fleet.operator({ op: random.pick(['pause', 'resume']), agentId: 'ana', reason: 'x' })],
        ])();
        fleet.look('dee');
        const found = fleet.findings().find(({ others }) => others.some(({ kind }) => kind === 'shorten'));
        if (found === undefined || random.chance(0.5)) continue;
        rescued(fleet.rescue(null, found.id, { do: 'shorten' }));
        shortened += 1;
        expect(endOf(fleet), `seed ${seed}, step ${step}`).toBeGreaterThanOrEqual(told);
      }
      new Witness().take(fleet.events);
    }
    expect(shortened).toBeGreaterThan(100);
  });
});
