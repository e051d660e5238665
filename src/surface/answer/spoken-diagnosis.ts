// A diagnosis and a rescue as plain data for a caller: names as it sees them, and of each action whether it is safe for it.

import type { RescueReply } from '../../core/reply.ts';
import { oneLine } from '../../core/view/one-line.ts';
import type { DiagnosisView, FindingView, WaitsView } from '../../core/view/views.ts';
import { waitGraphText } from '../../core/view/wait-graph-text.ts';
import { graphNodes } from './graph-nodes.ts';
import { seenFrom } from './seen-names.ts';
import { spokenEvents } from './spoken-foreseen.ts';

/** Who asks: what an operator may do, an agent may only where the evidence is enough. */
export type Asker = 'agent' | 'operator';

export type SpokenFinding = ReturnType<typeof spokenFinding>;

/** Edges and lines of the graph that belong to a diagnosis; the whole of it is in `waits`. */
const EDGES = 200;
const LINES = 60;

export function spokenDiagnosis(view: DiagnosisView, worktree: string, asker: Asker) {
  const names = seenFrom(worktree);
  return {
    summary: names.text(view.summary),
    findings: view.findings.map((finding) => spokenFinding(finding, worktree, asker)),
    leftOut: view.leftOut,
    looked: view.looked.map(names.text),
    graph: spokenGraph(view.waits, worktree),
  };
}

function spokenFinding(finding: FindingView, worktree: string, asker: Asker) {
  const { name, text } = seenFrom(worktree);
  const { id, code, severity, message, evidence, agents, resources, next, forMs, behind } = finding;
  const { action, others } = finding;
  return {
    id: text(id),
    code,
    severity,
    message: text(message),
    evidence: evidence.map(text),
    agents,
    resources: resources.map(name),
    action: action === null ? null : text(action.means),
    safe: action !== null && isSafe(action.who, asker),
    who: action?.who ?? null,
    do: action?.kind ?? null,
    others: others.map((each) => ({
      do: each.kind,
      action: text(each.means),
      safe: isSafe(each.who, asker),
      who: each.who,
      to: each.to,
    })),
    next: text(next),
    forMs,
    behind,
  };
}

function isSafe(who: Asker, asker: Asker): boolean {
  return who === 'agent' || asker === 'operator';
}

function spokenGraph(waits: WaitsView, worktree: string) {
  const edges = waits.edges.slice(0, EDGES);
  const drawing = waitGraphText(waits, { reader: worktree });
  return {
    nodes: graphNodes({ ...waits, edges }),
    edges: seenFrom(worktree).data(edges) as WaitsView['edges'],
    drawing: drawing.slice(0, LINES),
    leftOut: {
      edges: waits.leftOut.edges + waits.edges.length - edges.length,
      waiters: waits.leftOut.waiters,
      lines: Math.max(0, drawing.length - LINES),
    },
  };
}

export function spokenRescue(answer: RescueReply, worktree: string) {
  const { text } = seenFrom(worktree);
  return {
    finding: text(answer.finding),
    action: text(answer.means),
    done: answer.done.map((each) => oneLine(text(each), SENTENCE)),
    events: spokenEvents(answer.events, worktree),
    leftOut: answer.leftOut,
  };
}

const SENTENCE = 1_000;
