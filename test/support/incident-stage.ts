// Incidents played on the core alone, with processes, wall time and everything that a report tells of: for reports whose every
// word is looked at.

import { createHash } from 'node:crypto';
import { buildReport } from '../../src/core/incident/report/build-report.ts';
import { Collector, type ReportedEvent, type ReportMaterial } from '../../src/core/incident/report/material.ts';
import type { IncidentReport } from '../../src/core/incident/report/report.ts';
import type { IncidentView } from '../../src/core/view/incident-views.ts';
import { viewOf } from '../../src/core/view/view-of.ts';
import type { Presence } from '../../src/core/view/views.ts';
import { AlertedFleet } from './alerted-fleet.ts';
import { registration } from './registration.ts';

const SECOND = 1_000;

export class IncidentStage extends AlertedFleet {
  readonly presence = new Map<string, Presence>();
  readonly #tickets = new Map<string, string>();

  constructor() {
    super();
    const clock = { bootId: 'boot-1', anchorAt: 0, anchorMonoMs: 0, why: 'it was opened' };
    this.system({ op: 'anchor', placeId: 'p1', host: 'kitchen', ...clock });
  }

  /** Moves on to a second after the founding; what is due on the way happens when it is due. */
  at(seconds: number): this {
    while (this.atMs < seconds * SECOND) {
      this.atMs += SECOND;
      this.settle();
      this.system({ op: 'watch' });
    }
    return this;
  }

  /** An agent with a process of its own. */
  enter(agentId: string, client: string, pid: number): void {
    const attachment = { attachmentId: `att-${agentId}`, placeId: 'p1', pid, startTime: '1', kind: 'mcp' };
    this.system(registration(agentId, { client, transport: 'process', attachment }));
  }

  /** Asks for files of the worktree; answers the token, or null where it stands in line. */
  takes(agentId: string, files: readonly string[], reason = '', ttlMs = 900_000): number | null {
    const resources = files.map((file) => `file:@w1/${file}`);
    const ask = { op: 'acquire', resources, mode: 'exclusive', waitMs: 25_000, ttlMs, reason, priority: 0 } as const;
    const { answer } = this.says(agentId, ask);
    if (!('op' in answer) || answer.op !== 'acquire') return null;
    if (answer.ticket !== null) this.#tickets.set(agentId, answer.ticket);
    return answer.leases[0]?.token ?? null;
  }

  /** Goes on waiting, as clients do that give up a call before a minute is over. */
  waitsOn(agentId: string): void {
    const ticket = this.#tickets.get(agentId);
    if (ticket !== undefined) this.says(agentId, { op: 'await', ticket, waitMs: 25_000 });
  }

  renews(agentId: string, file: string, token: number): void {
    this.says(agentId, { op: 'renew', leases: [{ resource: `file:@w1/${file}`, token }], ttlMs: null });
  }

  releases(agentId: string): void {
    this.says(agentId, { op: 'release', leases: 'all' });
  }

  /** What the log says in the form in which it is read. */
  get log(): readonly ReportedEvent[] {
    return this.events.map((event) => ({
      ...event,
      hash: createHash('sha256').update(String(event.seq)).digest('hex'),
    }));
  }

  seen(incident: number, also: readonly string[] = []): IncidentView {
    const presence = (sessionId: string): Presence => this.presence.get(sessionId) ?? 'alive';
    const view = viewOf(this.state, this.atMs, presence, { kind: 'incident', incident, also });
    if (view === null) throw new Error(`no incident ${incident}`);
    return view;
  }

  /** What a report of incident 1 is made from, where `log` is what the log says. */
  material(log: readonly ReportedEvent[] = this.log, knownFrom: number | null = null): ReportMaterial {
    const collector = new Collector(this.seen(1), knownFrom);
    for (const event of log) if (event.seq > collector.after && !collector.take(event)) break;
    const entries = Array.from(this.state.entries.rows(), ({ key, version }) => [key, version] as const);
    const view = this.seen(1, collector.others);
    return { ...collector.material, view, versions: Object.fromEntries(entries) };
  }

  report(log?: readonly ReportedEvent[], knownFrom: number | null = null): IncidentReport {
    return buildReport(this.material(log, knownFrom));
  }
}

/**
 * The night it began with, as it would be today: an agent falls silent while it holds what four others want; an operator is told,
 * asks, and takes the lease back.
 */
export function silentHolderNight(): IncidentStage {
  const stage = new IncidentStage();
  stage.enter('claude_state', 'claude-code', 4711);
  stage.enter('cursor_reader', 'cursor', 4802);
  stage.enter('codex_tests', 'codex', 4810);
  stage.enter('claude_docs', 'claude-code', 4821);
  stage.enter('gemini_review', 'gemini', 4833);
  stage.enter('claude_rescue', 'claude-code', 4990);
  stage.at(20).takes('claude_docs', ['docs/index.md'], 'the new chapter');
  const token =
    stage.at(30).takes('claude_state', ['src/state.ts'], 'keep the metadata of all agents in one place') ?? 0;
  for (const second of [70, 110, 150, 190, 230]) stage.at(second).renews('claude_state', 'src/state.ts', token);
  stage.at(235).says('claude_state', {
    op: 'put_state',
    key: 'plans/tonight',
    value: { step: 3 },
    condition: { ifVersion: 0 },
  });
  stage.at(250).takes('cursor_reader', ['src/state.ts'], 'rename the reader');
  stage.at(262).takes('codex_tests', ['src/state.ts'], 'tests of the reader');
  stage.at(270).waitsOn('cursor_reader');
  stage.at(280).releases('claude_docs');
  stage.at(281).takes('claude_docs', ['src/state.ts', 'docs/index.md'], 'describe the reader');
  const waiting = ['cursor_reader', 'codex_tests', 'claude_docs'];
  for (const second of [285, 305, 325]) for (const agent of waiting) stage.at(second).waitsOn(agent);
  stage.at(335).takes('gemini_review', ['src/state.ts']);
  waiting.push('gemini_review');
  for (const second of [345, 365, 385, 405]) for (const agent of waiting) stage.at(second).waitsOn(agent);
  stage.at(410).says('claude_rescue', {
    op: 'note_incident',
    incident: 1,
    text: 'claude_state answers nobody. Its terminal shows "acquiring the state lock".',
  });
  for (const second of [425, 445]) for (const agent of waiting) stage.at(second).waitsOn(agent);
  const revoke = { op: 'revoke', resource: 'file:@w1/src/state.ts', token, reason: 'its terminal hangs' } as const;
  stage.at(450).operator(revoke);
  for (const agent of waiting.slice(1)) stage.at(465).waitsOn(agent);
  stage.at(470).says('cursor_reader', {
    op: 'put_state',
    key: 'plans/tonight',
    value: { step: 4 },
    condition: { ifVersion: 1 },
  });
  stage.at(480).releases('cursor_reader');
  for (const agent of waiting.slice(2)) stage.at(485).waitsOn(agent);
  stage.at(495).releases('codex_tests');
  for (const agent of waiting.slice(3)) stage.at(505).waitsOn(agent);
  stage.at(520).releases('claude_docs');
  stage.at(540).renews('claude_state', 'src/state.ts', token);
  stage.at(560).releases('gemini_review');
  return stage.at(800);
}

/** Three agents take two files each in different order; a fourth stands by. The ring is broken in the moment in which it closes. */
export function ringOfThree(): IncidentStage {
  const stage = new IncidentStage();
  stage.enter('ana', 'claude-code', 310);
  stage.enter('bo', 'cursor', 320);
  stage.enter('cy', 'codex', 330);
  stage.enter('di', 'claude-code', 340);
  stage.at(10).takes('ana', ['src/a.ts'], 'split the parser');
  stage.at(12).takes('bo', ['src/b.ts'], 'move the lexer');
  stage.at(15).takes('cy', ['src/c.ts'], 'tests');
  stage.at(40).takes('ana', ['src/b.ts']);
  stage.at(44).takes('bo', ['src/c.ts']);
  stage.at(47).takes('di', ['src/a.ts']);
  stage.at(52).takes('cy', ['src/a.ts']);
  stage.at(60).releases('cy');
  stage.at(61).takes('cy', ['src/a.ts', 'src/c.ts'], 'tests, all at once this time');
  for (const agent of ['ana', 'di']) stage.at(64).waitsOn(agent);
  stage.at(75).releases('bo');
  for (const agent of ['di', 'cy']) stage.at(80).waitsOn(agent);
  stage.at(90).releases('ana');
  stage.waitsOn('cy');
  stage.at(101).releases('di');
  stage.at(110).releases('cy');
  return stage;
}
