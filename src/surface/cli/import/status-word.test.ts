import { describe, expect, it } from 'vitest';
import { containing } from '../../../../test/support/matching.ts';
import { statusOf } from './status-word.ts';

describe('the status of an old record', () => {
  it.each([
    ['active', 'active'],
    ['Active', 'active'],
    ['ACTIVE ', 'active'],
    ['waiting_input', 'active'],
    ['Waiting Input', 'active'],
    ['paused', 'paused'],
    ['ON-HOLD', 'paused'],
    ['archived', 'archived'],
    ['deleted', 'retired'],
    ['retired', 'retired'],
  ])('%j is %s', (status, lifecycle) => {
    const told = statusOf({ status });
    expect(told.lifecycle).toBe(lifecycle);
    expect(told.why === null).toBe(status === lifecycle);
  });

  it.each([['zombie'], [5], [true], [['active']]])('%j says nothing, so the agent does not act', (status) => {
    expect(statusOf({ status })).toMatchObject({ lifecycle: 'archived', why: containing('nobody knows') });
  });

  it('that is missing is told by the dates', () => {
    const at = '2025-11-19T21:02:11';
    expect(statusOf({}).lifecycle).toBe('active');
    expect(statusOf({ status: null, paused_at: at }).lifecycle).toBe('paused');
    expect(statusOf({ status: '', paused_at: at, archived_at: at }).lifecycle).toBe('archived');
    expect(statusOf({ paused_at: null, archived_at: '' }).lifecycle).toBe('active');
  });
});
