// A log of many events, as a fleet of a hundred agents would have written it in weeks, made in a minute or two: decided by the
// same core, on a clock that runs ahead, and appended as it is. Snapshots are made as often as coordinators make them; which
// are kept is for the store to say.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { encodeBatch, encodeEvent } from '../../src/app/batch-codec.ts';
import { secretHash } from '../../src/app/credentials.ts';
import { snapshotBody } from '../../src/app/snapshot-body.ts';
import { createSqlite, hasher } from '../../src/compose.ts';
import type { Command } from '../../src/core/command.ts';
import { decide } from '../../src/core/decide.ts';
import { settleDeadlines } from '../../src/core/due.ts';
import { FORMAT } from '../../src/core/event.ts';
import { emptyState, mergeState } from '../../src/core/fleet-state.ts';
import { EMPTY_HEAD, type EventStore, type LogHead } from '../../src/ports/event-store.ts';
import { type Random, randomOf } from '../../test/support/random.ts';
import { registration } from '../../test/support/registration.ts';

export const LONG_LOG_EVENTS = 1_000_000;

const AGENTS = 100;
const FILES = 400;
const SNAPSHOT_EVENTS = 5_000;
const COMMANDS_A_BATCH = 6;
const STARTED_MS = Date.UTC(2025, 10, 1);

type Asked = Command extends infer C ? (C extends Command ? Omit<C, 'requestId' | 'bodyHash'> : never) : never;

const SYSTEM = { kind: 'system', name: 'bench' } as const;

const made = new Map<number, ReturnType<typeof makeLog>>();

/** A workspace with a log of so many events, written once for all runs and gone with the process. */
export function longLog(events = LONG_LOG_EVENTS): ReturnType<typeof makeLog> {
  const known = made.get(events) ?? makeLog(events);
  made.set(events, known);
  return known;
}

async function makeLog(events: number) {
  const root = mkdtempSync(join(tmpdir(), 'brigade-long-'));
  process.once('exit', () => rmSync(root, { recursive: true, force: true }));
  const path = join(root, '.brigade', 'brigade.db');
  mkdirSync(dirname(path), { mode: 0o700 });
  const beganMs = performance.now();
  const head = await writeLongLog(path, events);
  const home = join(root, '.home');
  return { root, env: { HOME: home, XDG_STATE_HOME: home }, head, tookMs: performance.now() - beganMs };
}

/** Writes the log to the file `path`, which must not be there; answers where it ends. */
async function writeLongLog(path: string, events: number): Promise<LogHead> {
  const store = await createSqlite(path, 'process');
  await store.open();
  const writer = new Writer(store);
  try {
    await writer.write(events);
    return writer.head;
  } finally {
    await store.close();
  }
}

class Writer {
  head = EMPTY_HEAD;
  readonly #store: EventStore;
  readonly #state = emptyState();
  readonly #random: Random = randomOf(1_000_000);
  #atMs = 0;
  #asked = 0;
  #encoded: string[] = [];
  #snapshotSeq = 0;

  constructor(store: EventStore) {
    this.#store = store;
  }

  async write(events: number): Promise<void> {
    this.#say({ op: 'found', fleetId: 'f_bench', by: SYSTEM });
    for (let i = 0; i < AGENTS; i += 1) this.#say(registered(i));
    await this.#append();
    while (this.head.seq < events) {
      this.#atMs += this.#random.between(50, 4_000);
      for (let i = 0; i < COMMANDS_A_BATCH; i += 1) this.#say(this.#work());
      if (this.#random.chance(0.05)) {
        settleDeadlines(this.#state, this.#atMs);
        this.#say({ op: 'sweep', by: SYSTEM });
        this.#say({ op: 'watch', by: SYSTEM });
      }
      await this.#append();
      if (this.head.seq - this.#snapshotSeq >= SNAPSHOT_EVENTS) await this.#snapshot();
    }
  }

  #work(): Asked {
    const random = this.#random;
    const by = { kind: 'session', handleHash: handleOf(random.below(AGENTS)) } as const;
    return random.weighted<() => Asked>([
      [45, () => this.#acquire(by)],
      [30, () => ({ op: 'release', by, leases: 'all' })],
      [8, () => this.#checkIn(by)],
      [
        4,
        () => ({
          op: 'send_message',
          by,
          to: `cook-x${random.below(AGENTS)}x`,
          kind: 'info',
          text: 'the stew is on',
          replyTo: null,
          resource: null,
        }),
      ],
      [
        6,
        () => ({
          op: 'put_state',
          by,
          key: `plan/${random.below(50)}`,
          value: { at: this.#atMs },
          condition: { ifVersion: 0 },
        }),
      ],
      [7, () => ({ op: 'read_messages', by, after: null, seen: 0, limit: 20, waitMs: 0 })],
    ])();
  }

  #acquire(by: Asked['by']): Asked {
    const random = this.#random;
    const resource = `file:@w1/src/part-${random.below(20)}/f${random.below(FILES / 20)}.ts`;
    const waitMs = random.pick([0, 0, 20_000, 600_000]);
    return {
      op: 'acquire',
      by,
      resources: [resource],
      mode: random.pick(['exclusive', 'exclusive', 'shared']),
      waitMs,
      ttlMs: 300_000,
      reason: 'moves a rule',
      priority: 0,
    };
  }

  #checkIn(by: Asked['by']): Asked {
    const digest = nodeHasher.sha256Hex(String(this.#asked)).slice(0, 32);
    return {
      op: 'check_in',
      by,
      summary: `round ${this.#asked} is done`,
      digest,
      complexity: 0.4,
      confidence: 0.8,
      outcomes: [],
      plan: null,
      parameters: null,
    };
  }

  #say(command: Asked): void {
    this.#asked += 1;
    const request = { ...command, requestId: `r${this.#asked}`, bodyHash: 'b' } as Command;
    const { groups, draft } = decide(this.#state, request, this.#moment());
    mergeState(this.#state, draft);
    for (const event of groups.flat()) this.#encoded.push(encodeEvent(event));
  }

  #moment() {
    return { at: this.#atMs, wallAt: new Date(STARTED_MS + this.#atMs).toISOString() };
  }

  async #append(): Promise<void> {
    if (this.#encoded.length === 0) return;
    const parts = { id: `b${this.#asked}`, placeId: 'p_bench', epoch: 0, format: FORMAT, hasher, ...this.#moment() };
    const answer = await this.#store.append(this.head, encodeBatch(this.head, this.#encoded, parts));
    if (!answer.appended) throw new Error('somebody else writes this log');
    this.head = answer.head;
    this.#encoded = [];
  }

  async #snapshot(): Promise<void> {
    const { epoch, seq, hash, format } = this.head;
    await this.#store.saveSnapshot({ epoch, seq, hash, format, body: await snapshotBody(this.#state) });
    this.#snapshotSeq = seq;
  }
}

function handleOf(i: number): string {
  return secretHash(nodeHasher, `cook-${i}`);
}

function registered(i: number): Asked {
  const own = { freshSessionId: `ses_${i}`, freshHandleHash: handleOf(i) };
  return { ...registration(`cook-x${i}x`, { transport: 'process', ...own }), by: SYSTEM };
}
