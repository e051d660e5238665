// Incidents on a terminal: nothing wider than it, nothing that an agent wrote taken for more than text.

import { describe, expect, it } from 'vitest';
import { IncidentStage } from '../../../../test/support/incident-stage.ts';
import { viewOf } from '../../../core/view/view-of.ts';
import { spokenIncident } from '../../answer/spoken-incidents.ts';
import type { Look } from '../output/screen.ts';
import { incidentLines, incidentsText } from './incidents-text.ts';

const plain = (text: string): string => text;
const look = (width: number): Look => ({
  width,
  reader: 'w1',
  paint: { strong: plain, faint: plain, good: plain, warn: plain, bad: plain, title: plain },
});

function night(): IncidentStage {
  const stage = new IncidentStage();
  stage.enter('ana', 'cursor', 1);
  stage.enter('bo', 'codex', 2);
  stage.takes('ana', ['a.ts']);
  stage.at(5).takes('bo', ['a.ts']);
  stage.raise('s', {
    agents: ['ana'],
    resources: ['file:@w1/a.ts'],
    text: 'ana is silent\u001b[31m\nand red',
    next: 'Ask ana.',
  });
  stage.operator({ op: 'note_incident', incident: 1, text: 'first\n\u001b]0;second' });
  return stage;
}

describe('incidents on a terminal', () => {
  it('are a table that fits', () => {
    const stage = night();
    const { items } = viewOf(stage.state, stage.atMs, () => 'alive', { kind: 'incidents' });
    for (const width of [50, 80, 120])
      for (const line of incidentsText(items, look(width))) expect(line.length).toBeLessThanOrEqual(width);
    expect(incidentsText(items, look(200))[1]).toMatch(
      /^ 1 +open +critical +2025-11-19 23:25:05 +0s +1 +1 +ana is silent/,
    );
  });

  it('are named as seen from the worktree of the reader', () => {
    const stage = new IncidentStage();
    stage.enter('ana', 'cursor', 1);
    stage.raise('s', { agents: ['ana'], text: 'ana holds file:@w1/a.ts and file:@w2/b.ts' });
    const { items } = viewOf(stage.state, stage.atMs, () => 'alive', { kind: 'incidents' });
    expect(incidentsText(items, look(200))[1]).toContain('ana holds file:a.ts and file:@w2/b.ts');
    expect(incidentLines(spokenIncident(stage.seen(1), 'w1'), look(100))[0]).toContain('ana holds file:a.ts and');
  });

  it('say what to do, who is involved and what is held now, on lines of their own', () => {
    const stage = night();
    const lines = incidentLines(spokenIncident(stage.seen(1), 'w1'), look(100));
    expect(lines).toContain('  do Ask ana.');
    expect(lines).toContain('  ana (cursor): mcp 1 on kitchen, alive, idle 5s');
    expect(lines).toContain(`  ana holds file:a.ts (token ${stage.seen(1).leases[0]?.token}) for 5s`);
    expect(lines).toContain('  bo waits for file:a.ts for 0s');
    expect(Array.from(lines.join('')).every((point) => point >= ' ')).toBe(true);
  });
});
