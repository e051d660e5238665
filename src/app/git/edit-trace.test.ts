// Which changes of a file are explained by what was told of edits.

import { beforeEach, describe, expect, it } from 'vitest';
import { CoreFleet } from '../../../test/support/core-fleet.ts';
import type { FleetEvent } from '../../core/event.ts';
import { EditTrace } from './edit-trace.ts';

const FILE = 'file:@w1/src/a.ts';
const BEGAN = Date.parse('2026-01-01T10:00:00.000Z');

let trace: EditTrace;
let seq = 0;

beforeEach(() => {
  trace = new EditTrace();
});

/** What a hook tells, `atS` seconds after the beginning. */
function tell(type: 'edit.began' | 'file.edited', agentId: string, atS: number, over: object = {}): void {
  seq += 1;
  const wallAt = new Date(BEGAN + atS * 1_000).toISOString();
  const base = { type, seq, at: 0, wallAt, version: 1, actor: agentId, resource: FILE, tool: 'Edit', label: null };
  const own = type === 'edit.began' ? { token: 7, quietMs: 1 } : { via: 'hook', beside: null };
  trace.take({ ...base, agentId, sessionId: `s-${agentId}`, ...own, ...over } as unknown as FleetEvent);
}

const explain = (atS: number, path = 'src/a.ts', heldSinceS = -600) =>
  trace.explain(path, BEGAN + atS * 1_000, {
    sessionId: 's-ana',
    heldSince: new Date(BEGAN + heldSinceS * 1_000).toISOString(),
  });

describe('a change of a file that ana holds', () => {
  it("is ana's while an edit of it is under way, and a moment around it", () => {
    tell('edit.began', 'ana', 0);
    expect(explain(120)).toEqual({ kind: 'holder' });
    tell('file.edited', 'ana', 200);
    for (const atS of [-2, 0, 100, 202]) expect(explain(atS)).toEqual({ kind: 'holder' });
    for (const atS of [-3, 203]) expect(explain(atS)).toEqual({ kind: 'unexplained' });
    expect(explain(100, 'src/b.ts')).toEqual({ kind: 'unexplained' });
    expect(explain(100, 'SRC/A.ts')).toEqual({ kind: 'holder' });
  });

  it("is ana's where only its end was told, and not for ever where only its beginning was", () => {
    tell('file.edited', 'ana', 100);
    expect(explain(80)).toEqual({ kind: 'holder' });
    expect(explain(60)).toEqual({ kind: 'unexplained' });
    tell('edit.began', 'ana', 1_000);
    expect(explain(1_500)).toEqual({ kind: 'holder' });
    expect(explain(2_000)).toEqual({ kind: 'unexplained' });
  });

  it('is that of another agent whose client told of it', () => {
    tell('edit.began', 'bo', 0);
    tell('file.edited', 'bo', 5, { beside: 7 });
    expect(explain(3)).toEqual({ kind: 'told', agentId: 'bo' });
  });

  it('is not that of another agent whose edit was over before ana had the file', () => {
    tell('edit.began', 'bo', 0);
    tell('file.edited', 'bo', 5);
    expect(explain(6, 'src/a.ts', 4)).toEqual({ kind: 'told', agentId: 'bo' });
    expect(explain(6.5, 'src/a.ts', 5.5)).toEqual({ kind: 'unsure' });
  });

  it('is unsure where the client of ana tells of no edits at all', () => {
    tell('edit.began', 'bo', 0, { resource: 'file:@w1/other.ts' });
    expect(explain(3)).toEqual({ kind: 'unsure' });
  });

  it('was told already where a watch has noted it since', () => {
    tell('file.edited', 'ana', 0);
    tell('file.edited', '', 110, { via: 'watch', agentId: undefined, sessionId: undefined, beside: 7 });
    expect(explain(100)).toEqual({ kind: 'seen' });
    expect(explain(111)).toEqual({ kind: 'unexplained' });
  });

  it('is not explained by what git showed, by what nobody is known to have done, nor by what is no file', () => {
    tell('file.edited', 'ana', 0, { via: 'git' });
    tell('file.edited', 'ana', 0, { agentId: undefined, sessionId: undefined });
    tell('edit.began', 'ana', 0, { resource: undefined });
    tell('edit.began', 'ana', 0, { resource: 'task:deploy' });
    expect(explain(0)).toEqual({ kind: 'unsure' });
    // A part of the file is the file.
    tell('file.edited', 'ana', 0, { resource: `${FILE}#parse` });
    expect(explain(0)).toEqual({ kind: 'holder' });
  });

  it('is explained as long as its file is among the many of which was told lately', () => {
    tell('file.edited', 'ana', 0);
    for (let index = 0; index < 19_999; index += 1) tell('file.edited', 'bo', 0, { resource: `file:@w1/f${index}` });
    expect(explain(0)).toEqual({ kind: 'holder' });
    tell('file.edited', 'bo', 0, { resource: 'file:@w1/one-more' });
    expect(explain(0)).toEqual({ kind: 'unexplained' });
    expect(explain(0, 'f0')).toEqual({ kind: 'told', agentId: 'bo' });
  });

  it('is explained by hooks that lease the path in all worktrees', () => {
    tell('edit.began', 'ana', 0, { resource: 'repo:src/a.ts' });
    expect(explain(1)).toEqual({ kind: 'holder' });
  });
});

it('forgets nobody of a fleet whose log has other things in it', () => {
  const fleet = new CoreFleet();
  fleet.join('ana');
  for (const event of fleet.events) trace.take(event);
  expect(explain(0)).toEqual({ kind: 'unsure' });
});
