import { describe, expect, it } from 'vitest';
import type { FeedEvent } from '../../../../app/coordinator.ts';
import { castOf, seatOf } from '../cast.ts';
import { METADATA_FILE } from '../workspace-files.ts';
import { Board } from './board.ts';

function boardWith(...agentIds: readonly string[]): Board {
  const board = new Board(castOf(4, () => 0).map(seatOf));
  for (const [index, agentId] of agentIds.entries()) board.named(index, agentId);
  return board;
}

const event = (type: string, agentId: string): FeedEvent => ({ type, agentId }) as unknown as FeedEvent;
const doing = (board: Board): readonly string[] => board.rows.map((row) => row.doing);

describe('the board', () => {
  it('knows who is not there yet', () => {
    expect(doing(boardWith())).toEqual(['starts', 'starts', 'not here yet', 'starts']);
  });

  it('has room for somebody whom nobody expected', () => {
    const board = boardWith();
    board.named(4, 'codex_rescue');
    expect(board.rows.at(-1)).toMatchObject({ name: 'codex_rescue', doing: 'works', quota: 0 });
  });

  it('follows who waits, holds and works', () => {
    const board = boardWith('ana', 'bo');
    board.hearEvent(event('lease.queued', 'bo'), 5);
    board.hearEvent(event('lease.granted', 'ana'), 5);
    expect(doing(board).slice(0, 2)).toEqual(['holds', 'waits']);
    board.hearEvent(event('lease.released', 'ana'), 6);
    board.hearEvent(event('lease.granted', 'bo'), 6);
    board.hearEvent(event('wait.ended', 'bo'), 6);
    expect(doing(board).slice(0, 2)).toEqual(['works', 'holds']);
  });

  it('shows one that is stopped as stopped, whatever the log says of its lease, until it goes on', () => {
    const board = boardWith('ana');
    board.hearSignal({ index: 0, what: 'stopped', atMs: 1 });
    board.hearEvent(event('lease.expired', 'ana'), 2);
    expect(doing(board)[0]).toBe('stopped');
    board.hearSignal({ index: 0, what: 'resumed', atMs: 3 });
    expect(doing(board)[0]).toBe('works');
  });

  it('counts edits of the shared file', () => {
    const board = boardWith('ana');
    board.hearNote(0, { atMs: 1, what: 'edited', file: METADATA_FILE, token: 1, update: 1 });
    board.hearNote(0, { atMs: 1, what: 'edited', file: 'src/a.ts', token: 1, update: 0 });
    expect(board.made).toBe(1);
  });
});
