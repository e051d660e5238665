import { describe, expect, it } from 'vitest';
import type { EventOf } from '../event.ts';
import type { EisvFacts } from '../governance/check-in.ts';
import { EISV_COLUMNS, eisvRow, importedEisvRow } from './eisv-row.ts';

const FACTS: EisvFacts = {
  name: 'eisv-v1',
  E: 0.5175,
  I: 0.89455,
  S: 0.4575,
  V: -0.012,
  lambda1: 0.15,
  coherence: 1,
  integral: 0,
  void: false,
  risk: 0.1535972419924183,
  decision: 'approve',
  status: 'healthy',
  time: 0.1,
  updates: 1,
  sampling: { temperature: 0.605, topP: 0.865, maxTokens: 160 },
  parameters: [],
};

function checkIn(estimator: EventOf<'checkin.recorded'>['estimator']): EventOf<'checkin.recorded'> {
  return {
    seq: 9,
    at: 1,
    wallAt: '2025-11-19T23:25:00.000Z',
    version: 1,
    actor: 'claude_chat',
    agentId: 'claude_chat',
    type: 'checkin.recorded',
    checkInId: 'c9',
    summary: '',
    digest: '',
    complexity: null,
    confidence: null,
    outcomes: [],
    plan: null,
    verdict: 'proceed',
    reasons: [],
    next: '',
    estimator,
  };
}

describe('a check-in of eisv-v1 in the old columns', () => {
  it('has time with 3 decimals, other numbers with 4, void as 0 or 1', () => {
    expect(eisvRow(checkIn(FACTS))?.join(',')).toBe(
      'claude_chat,0.100,0.5175,0.8945,0.4575,-0.0120,0.1500,1.0000,0,0.1536,approve',
    );
    expect(eisvRow(checkIn({ ...FACTS, void: true }))?.[EISV_COLUMNS.indexOf('void_event')]).toBe('1');
  });

  it('is none when another estimator judged', () => {
    const evidence = {
      name: 'evidence',
      labelled: 0,
      brier: null,
      failuresInARow: 0,
      equal: 0,
      lostLeases: 0,
    } as const;
    expect(eisvRow(checkIn(evidence))).toBeNull();
  });
});

describe('an imported line in the old columns', () => {
  it('keeps its text, whatever the order of its columns, and leaves out what has no place', () => {
    const row = importedEisvRow('ana', ['time', 'extra', 'E', 'agent_id'], ['0.1', 'x', 'nan', 'ana']);
    expect(row.join(',')).toBe('ana,0.1,nan,,,,,,,,');
  });

  it('is of the agent whose history it is, where the line does not say', () => {
    expect(importedEisvRow('ana', ['time'], ['0.1'])[0]).toBe('ana');
  });
});
