import { describe, expect, it } from 'vitest';
import { Turns } from './turns.ts';

const HERE = 'p_here';

/** With one in front that needs 3 ms, as an append does, and has always needed as long. */
const PATIENCE = 5;
/** With one of whom nothing is known. */
const FIRST_PATIENCE = 10;

/** Turns as a process of `HERE` sees them. */
class Watched {
  readonly turns = new Turns(HERE);
  nowMs = 10_000_000;
  /** Fleet time, which is not the clock that turns go by. */
  at = 500;

  /** After `gapMs` somebody writes. */
  writes(placeId: string, gapMs: number): void {
    this.nowMs += gapMs;
    this.at += gapMs;
    this.turns.saw({ placeId, at: this.at, isOwn: placeId === HERE }, this.nowMs);
  }

  neighbourWrites(gapMs: number): void {
    this.nowMs += gapMs;
    this.turns.saw({ placeId: HERE, at: this.at, isOwn: false }, this.nowMs);
  }

  /** A line in this order, which has gone round often enough to know how long each needs. */
  line(...places: readonly string[]): void {
    for (let round = 0; round < 40; round += 1) for (const placeId of places) this.writes(placeId, 3);
  }

  waits(hasCompany = false): number {
    return this.turns.waitMs(this.nowMs, hasCompany);
  }
}

describe('the line', () => {
  it('is empty for who is alone, however often it writes', () => {
    const seen = new Watched();
    expect(seen.waits()).toBe(0);
    for (let i = 0; i < 50; i += 1) {
      seen.writes(HERE, 3);
      expect(seen.waits()).toBe(0);
    }
    expect(seen.turns.isShared).toBe(false);
  });

  it('puts who wrote longest ago first, and who wrote last behind all others', () => {
    const seen = new Watched();
    seen.line('p_a', 'p_b', HERE);
    expect(seen.waits()).toBe(2 * PATIENCE);
    seen.writes('p_a', 3);
    expect(seen.waits()).toBe(PATIENCE);
    seen.writes('p_b', 3);
    expect(seen.waits()).toBe(0);
    expect(seen.turns.isShared).toBe(true);
  });

  it('is waited for from the last batch on, not from when there is something to say', () => {
    const seen = new Watched();
    seen.line('p_a', HERE);
    seen.nowMs += PATIENCE - 2;
    expect(seen.waits()).toBe(2);
    seen.nowMs += 2;
    expect(seen.waits()).toBe(0);
  });

  it('lets a stranger write at once', () => {
    const seen = new Watched();
    seen.line('p_a', 'p_b');
    expect(seen.waits()).toBe(0);
  });

  it('does not wait for who let its turn pass, until it has written again', () => {
    const seen = new Watched();
    seen.line('p_a', 'p_b', HERE);
    seen.writes('p_b', 8);
    expect(seen.waits()).toBe(0);
    seen.writes(HERE, 3);
    expect(seen.waits()).toBe(PATIENCE);
    seen.writes('p_a', 300);
    seen.writes('p_b', 3);
    seen.writes(HERE, 3);
    expect(seen.waits()).toBe(2 * PATIENCE);
  });

  it('blames nobody who was not left the time', () => {
    const seen = new Watched();
    seen.line('p_a', 'p_b', HERE);
    // The second part of an append, say.
    seen.writes(HERE, 0);
    expect(seen.waits()).toBe(2 * PATIENCE);
  });

  it('forgets who has written nothing for 2 s, or among 256 batches', () => {
    const seen = new Watched();
    seen.line('p_a', HERE);
    seen.writes(HERE, 2_001);
    expect(seen.turns.isShared).toBe(false);
    seen.writes('p_a', 0);
    for (let i = 0; i < 256; i += 1) seen.writes(HERE, 0);
    expect(seen.turns.isShared).toBe(false);
  });

  it('is waited for as long as an append takes here, within bounds', () => {
    const seen = new Watched();
    for (let i = 0; i < 60; i += 1) seen.turns.won(20);
    seen.line('p_a', HERE);
    expect(seen.waits()).toBe(22);
    for (let i = 0; i < 60; i += 1) seen.turns.won(4_000);
    expect(seen.waits()).toBe(250);
    seen.line('p_a', 'p_b', 'p_c', HERE);
    expect(seen.waits()).toBe(500);
  });

  it('learns how long each needs when it is its turn, and how much that varies', () => {
    const seen = new Watched();
    seen.line('p_a', HERE);
    for (let i = 0; i < 60; i += 1) {
      seen.writes('p_a', 5);
      seen.writes(HERE, 3);
    }
    expect(seen.waits()).toBe(5 + 2);
    for (let i = 0; i < 30; i += 1) {
      seen.writes('p_a', i % 2 === 0 ? 3 : 7);
      seen.writes(HERE, 3);
    }
    expect(seen.waits()).toBeGreaterThan(5 + 4 * 2);
    expect(seen.waits()).toBeLessThan(20);
  });

  it('learns also from who was passed over that it was slow, and not from who was idle', () => {
    const [slow, idle] = [new Watched(), new Watched()];
    for (const [seen, ms] of [
      [slow, 12],
      [idle, 80],
    ] as const) {
      seen.line('p_a', 'p_b', HERE);
      seen.writes('p_b', 6);
      seen.writes('p_a', ms);
      seen.writes('p_b', 3);
      seen.writes(HERE, 3);
    }
    expect(slow.waits()).toBeGreaterThan(2 * PATIENCE + 8);
    expect(idle.waits()).toBe(2 * PATIENCE);
  });

  it('takes it for no need when the turn of a line that rests is taken late', () => {
    const seen = new Watched();
    seen.line('p_a', HERE);
    for (let i = 0; i < 30; i += 1) {
      seen.writes('p_a', 80);
      seen.writes(HERE, 3);
    }
    expect(seen.waits()).toBe(PATIENCE);
  });

  it('does not take waiting for others for need', () => {
    const seen = new Watched();
    seen.line('p_a', 'p_b', HERE);
    seen.writes('p_b', PATIENCE);
    seen.writes(HERE, 3);
    expect(seen.waits()).toBe(PATIENCE);
  });
});

describe('a stranger that lost a race', () => {
  it('lets the next batch come before it tries again, where one comes', () => {
    const seen = new Watched();
    seen.line('p_a', 'p_b');
    seen.turns.lost(seen.nowMs);
    expect(seen.waits()).toBe(FIRST_PATIENCE);
    seen.writes('p_a', 3);
    expect(seen.waits()).toBe(0);
    seen.turns.lost(seen.nowMs);
    seen.nowMs += FIRST_PATIENCE;
    expect(seen.waits()).toBe(0);
  });

  /** A line that has been busy for a second, and a stranger that has lost to it again and again. */
  function hopeless(gapMs: number): Watched {
    const seen = new Watched();
    seen.line('p_a', 'p_b');
    while (seen.at < 2_500) seen.writes(seen.nowMs % 2 === 0 ? 'p_a' : 'p_b', gapMs);
    for (let i = 0; i < 8; i += 1) {
      seen.writes(i % 2 === 0 ? 'p_a' : 'p_b', 3);
      seen.turns.lost(seen.nowMs);
    }
    seen.writes('p_a', 3);
    return seen;
  }

  it('waits for the door, or for a pause, once it has lost to a busy line again and again', () => {
    const seen = hopeless(3);
    expect(seen.waits()).toBe(FIRST_PATIENCE);
    seen.nowMs += FIRST_PATIENCE;
    expect(seen.waits()).toBe(0);
    // Once it has written, chances are even again.
    seen.writes(HERE, 3);
    seen.writes('p_a', 3);
    seen.writes('p_b', 3);
    seen.writes('p_a', 8);
    seen.writes('p_b', 3);
    seen.turns.lost(seen.nowMs);
    seen.writes('p_a', 3);
    expect(seen.waits()).toBe(0);
  });

  it('goes on trying where the line is slow, and no door is opened', () => {
    expect(hopeless(31).waits()).toBe(0);
  });

  it('is not put off by those who came in before it', () => {
    const seen = new Watched();
    seen.line('p_a', 'p_b');
    while (seen.at < 1_500) seen.writes(seen.nowMs % 2 === 0 ? 'p_a' : 'p_b', 3);
    for (let i = 0; i < 30; i += 1) {
      seen.writes(`p_${i}`, 3);
      seen.turns.lost(seen.nowMs);
    }
    seen.writes('p_a', 3);
    expect(seen.waits()).toBe(0);
  });
});

describe('the door', () => {
  it('is open after the first batch of each second, when the line holds still', () => {
    const seen = new Watched();
    seen.line('p_a', HERE);
    while (seen.at < 1_999) seen.writes(seen.at % 2 === 0 ? HERE : 'p_a', 1);
    seen.writes('p_a', 1);
    expect(seen.at).toBe(2_000);
    expect(seen.waits()).toBe(25);
    seen.writes('p_c', 20);
    // Who came in is waited for as long as it needed, and stands behind us.
    expect(seen.waits()).toBe(0);
    seen.writes(HERE, 1);
    seen.writes('p_a', 1);
    expect(seen.waits()).toBeGreaterThan(20);
  });

  it('lets strangers in at once, however often they lost', () => {
    const seen = new Watched();
    seen.line('p_a', 'p_b');
    while (seen.at < 1_999) {
      seen.writes(seen.at % 2 === 0 ? 'p_b' : 'p_a', 1);
      seen.turns.lost(seen.nowMs);
    }
    expect(seen.waits()).toBeGreaterThan(0);
    seen.writes('p_a', 1);
    expect(seen.waits()).toBe(0);
  });

  it('stays shut where the line rests by itself', () => {
    const seen = new Watched();
    seen.line('p_a', HERE);
    while (seen.at < 3_000) {
      seen.writes('p_a', 26);
      expect(seen.waits()).toBe(0);
      seen.writes(HERE, 26);
    }
  });

  it('is opened by who is alone at work only while others are there', () => {
    const seen = new Watched();
    while (seen.at < 2_000) seen.writes(HERE, 1);
    expect(seen.waits()).toBe(0);
    expect(seen.waits(true)).toBe(25);
  });
});

describe('processes of one place', () => {
  it('share its turn: who of them wrote longest ago goes first', () => {
    const seen = new Watched();
    seen.neighbourWrites(3);
    expect(seen.waits()).toBe(0);
    seen.writes(HERE, 3);
    expect(seen.waits()).toBe(FIRST_PATIENCE);
    seen.neighbourWrites(3);
    expect(seen.waits()).toBe(0);
    seen.writes(HERE, 3);
    seen.writes(HERE, FIRST_PATIENCE);
    expect(seen.waits()).toBe(0);
  });

  it('stand behind other places together', () => {
    const seen = new Watched();
    seen.line('p_a', HERE);
    seen.writes('p_a', 3);
    seen.neighbourWrites(3);
    expect(seen.waits()).toBe(PATIENCE);
    seen.writes('p_a', 3);
    expect(seen.waits()).toBe(0);
  });
});
