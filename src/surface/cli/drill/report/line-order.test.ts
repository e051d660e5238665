import { describe, expect, it } from 'vitest';
import type { FleetEvent } from '../../../../core/event.ts';
import { grantsOutOfTurn } from './line-order.ts';

let seq = 0;
const event = (facts: object): FleetEvent => {
  seq += 1;
  return { seq, at: seq, wallAt: '', version: 1, actor: 'brigade', ...facts } as unknown as FleetEvent;
};
const queued = (agentId: string, ...resources: string[]): FleetEvent =>
  event({ type: 'lease.queued', agentId, ticket: agentId, resources });
const granted = (agentId: string, resource: string, path = 'promoted'): FleetEvent =>
  event({ type: 'lease.granted', agentId, resource, ticket: path === 'free' ? null : agentId, path });
const ended = (agentId: string): FleetEvent => event({ type: 'wait.ended', agentId, ticket: agentId });

describe('the order of grants', () => {
  it('is that of the line', () => {
    expect(
      grantsOutOfTurn([queued('ana', 'a'), queued('bo', 'a'), granted('ana', 'a'), ended('ana'), granted('bo', 'a')]),
    ).toEqual([]);
  });

  it('is broken by a grant to the second in line, and by one to nobody in it', () => {
    const second = [queued('ana', 'a'), queued('bo', 'a'), granted('bo', 'a')];
    expect(grantsOutOfTurn(second)).toMatchObject([{ agentId: 'bo', before: 'ana' }]);
    expect(grantsOutOfTurn([queued('ana', 'a'), granted('cy', 'a', 'free')])).toMatchObject([{ agentId: 'cy' }]);
  });

  it('is not broken by a grant of something else', () => {
    expect(grantsOutOfTurn([queued('ana', 'a', 'b'), granted('bo', 'c', 'free')])).toEqual([]);
  });

  it('passes over a waiter whose offer lapsed, until it asks again', () => {
    const lapsed = [queued('ana', 'a'), queued('bo', 'a'), event({ type: 'offer.lapsed', ticket: 'ana' })];
    expect(grantsOutOfTurn([...lapsed, granted('bo', 'a')])).toEqual([]);
    expect(
      grantsOutOfTurn([...lapsed, event({ type: 'wait.parked', ticket: 'ana' }), granted('bo', 'a')]),
    ).toHaveLength(1);
  });

  it('is not broken by passing a waiter that waits for the one that passes', () => {
    expect(grantsOutOfTurn([queued('ana', 'a'), queued('bo', 'a'), granted('bo', 'a', 'passed')])).toEqual([]);
  });
});
