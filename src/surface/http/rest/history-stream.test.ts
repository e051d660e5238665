import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../../../test/support/fake-clock.ts';
import type { HistoryPart } from '../../answer/history-text.ts';
import { historyStream } from './history-stream.ts';

/** Parts as they are asked for; counts them. */
function source(count: number) {
  const seen = { asked: 0, ended: 0, closed: 0 };
  async function* parts(): AsyncGenerator<HistoryPart> {
    try {
      for (let seq = 1; seq <= count; seq += 1) {
        seen.asked = seq;
        yield { lines: seq === 2 ? '' : `line ${seq}`, rows: 1, seq, withheld: 0 };
      }
    } finally {
      seen.ended += 1;
    }
  }
  const stopping = new AbortController();
  const clock = createFakeClock();
  const given = {
    lines: parts(),
    clock,
    signal: stopping.signal,
    close: () => {
      seen.closed += 1;
    },
  };
  return { seen, stopping, clock, given };
}

describe('history as a stream', () => {
  it('has every line, and ends', async () => {
    const { given, seen } = source(3);
    expect(await new Response(await historyStream(given)).text()).toBe('line 1\nline 3\n');
    expect(seen.closed).toBe(1);
  });

  it('reads no further than its reader', async () => {
    const { given, seen } = source(1_000);
    const reader = (await historyStream(given)).getReader();
    for (let i = 0; i < 5; i += 1) await reader.read();
    expect(seen.asked).toBeLessThan(10);
    await reader.cancel();
    expect(seen).toMatchObject({ ended: 1, closed: 1 });
  });

  it('cuts a reader that takes nothing for a minute, and not one that is slow', async () => {
    const { given, seen, clock } = source(1_000);
    const reader = (await historyStream(given)).getReader();
    for (let i = 0; i < 3; i += 1) {
      await reader.read();
      await clock.advance(50_000);
    }
    expect(seen.closed).toBe(0);
    await clock.advance(60_000);
    expect(seen.closed).toBe(1);
    await expect(reader.read()).rejects.toThrow('takes nothing');
  });

  it('is cut when the server stops', async () => {
    const { given, seen, stopping } = source(1_000);
    const reader = (await historyStream(given)).getReader();
    await reader.read();
    stopping.abort();
    await expect(reader.read().then(() => reader.read())).rejects.toThrow('stops');
    expect(seen.closed).toBe(1);
  });
});
