// Columns of what leaves Brigade as a table. Spreadsheets and scripts name them; a change needs a changelog entry.

import { expect, it } from 'vitest';
import { EISV_COLUMNS } from '../../src/core/audit/eisv-row.ts';
import { HISTORY_COLUMNS } from '../../src/core/audit/history-row.ts';

it('history has its columns in their order', () => {
  expect(HISTORY_COLUMNS.join(',')).toBe(
    'seq,at,agent_id,event,resource,mode,token,wait_ms,hold_ms,queue_depth,verdict,reason,actor',
  );
});

it('check-ins of eisv-v1 have those of November 2025', () => {
  expect(EISV_COLUMNS.join(',')).toBe('agent_id,time,E,I,S,V,lambda1,coherence,void_event,risk_score,decision');
});
