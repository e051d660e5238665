// The wait-for graph drawn in text, as a person reads it at night: whoever is waited for on the left, whoever waits
// indented below. A waiter that waits for several stands below each of them, drawn out once. Cycles are marked where they
// close, deadlocks that were broken name their victim.

import { counted } from './count-text.ts';
import { durationText } from './duration-text.ts';
import { oneLine } from './one-line.ts';
import { resourceText } from './resource-text.ts';
import { cycleText } from './sentence.ts';
import type { WaitEdge, WaiterView, WaitsView } from './views.ts';

/** How words stand out; each answers its text with marks around it. Plain text where a reader wants none. */
export interface GraphPaint {
  readonly agent: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly alarm: (text: string) => string;
}

export interface GraphOptions {
  /** Columns of a line; longer lines are cut. */
  readonly width?: number;
  /** Files of this worktree are named without it. */
  readonly reader?: string | null;
  readonly paint?: GraphPaint;
}

const PLAIN: GraphPaint = { agent: (text) => text, faint: (text) => text, alarm: (text) => text };

/** Deeper chains are told by their length: nobody follows a line of twenty steps on a screen. */
const DEPTH = 12;
const LINES = 400;
const NAMES = 3;

/** Lines without line ends; none when nobody waits and nothing was broken lately. */
export function waitGraphText(view: WaitsView, options: GraphOptions = {}): readonly string[] {
  return new Drawing(view, options).lines();
}

/** One waiter below another: the wait, and what it waits for that the other one holds. */
interface Step {
  readonly edge: WaitEdge;
  readonly held: string[];
}

class Drawing {
  readonly #view: WaitsView;
  readonly #width: number;
  readonly #reader: string | null;
  readonly #paint: GraphPaint;
  readonly #lines: string[] = [];
  /** Who waits for a session, in the order of arrival. */
  readonly #below = new Map<string, Step[]>();
  readonly #waiterOf = new Map<string, WaiterView>();
  readonly #names = new Map<string, string>();
  readonly #drawn = new Set<string>();
  readonly #told = new Set<string>();

  constructor(view: WaitsView, options: GraphOptions) {
    this.#view = view;
    this.#width = options.width ?? Number.POSITIVE_INFINITY;
    this.#reader = options.reader ?? null;
    this.#paint = options.paint ?? PLAIN;
    for (const waiter of view.waiters) this.#waiterOf.set(waiter.ticket, waiter);
    for (const edge of view.edges) {
      this.#name(edge.from);
      this.#name(edge.to);
      if (edge.kind === 'line' && hasHold(view.edges, edge)) continue;
      const below = this.#below.get(edge.to.sessionId) ?? [];
      this.#below.set(edge.to.sessionId, below);
      const same = below.find(
        (step) => step.edge.from.sessionId === edge.from.sessionId && isSameWait(step.edge, edge),
      );
      if (same === undefined) below.push({ edge, held: [edge.resource] });
      else same.held.push(edge.resource);
    }
  }

  lines(): readonly string[] {
    for (const sessionId of this.#roots()) if (this.#hasRoom) this.#drawRoot(sessionId);
    for (const waiter of this.#view.waiters) if (this.#hasRoom && !this.#isDrawn(waiter)) this.#drawIdle(waiter);
    this.#drawEnd();
    return this.#lines;
  }

  /** Those who wait for nobody; then, for cycles that nobody leads into, one of each. */
  *#roots(): Iterable<string> {
    const waiting = new Set(this.#view.edges.map((edge) => edge.from.sessionId));
    for (const sessionId of this.#below.keys()) if (!waiting.has(sessionId)) yield sessionId;
    for (const sessionId of this.#below.keys()) if (!this.#drawn.has(sessionId)) yield sessionId;
  }

  #drawRoot(sessionId: string): void {
    const below = this.#below.get(sessionId) ?? [];
    const held = new Set(below.filter(({ edge }) => edge.to.token !== null).flatMap((step) => step.held));
    this.#line('', sessionId, held.size === 0 ? '' : `holds ${this.#list([...held])}`, '');
    this.#drawBelow(sessionId, '', [sessionId]);
  }

  #drawBelow(sessionId: string, indent: string, path: readonly string[]): void {
    const below = this.#below.get(sessionId) ?? [];
    if (below.length === 0) return;
    const again = this.#drawn.has(sessionId);
    this.#drawn.add(sessionId);
    if (again) this.#note(`${indent}└─ `, 'drawn out above');
    else if (path.length > DEPTH) this.#note(`${indent}└─ `, `… ${this.#passBelow(sessionId)} more wait behind it`);
    else this.#drawEach(below, indent, path);
  }

  #drawEach(below: readonly Step[], indent: string, path: readonly string[]): void {
    below.forEach((step, i) => {
      const { edge } = step;
      const isLast = i === below.length - 1;
      if (!this.#hasRoom) return;
      const closes = path.indexOf(edge.from.sessionId);
      const cycle = closes === -1 ? '' : `cycle: ${this.#cycleWords(path.slice(closes))}`;
      this.#line(`${indent}${isLast ? '└─ ' : '├─ '}`, edge.from.sessionId, this.#waitWords(step), cycle);
      const inner = `${indent}${isLast ? '   ' : '│  '}`;
      if (closes === -1) this.#drawBelow(edge.from.sessionId, inner, [...path, edge.from.sessionId]);
    });
  }

  #waitWords({ edge, held }: Step): string {
    const waiter = edge.from.ticket === null ? undefined : this.#waiterOf.get(edge.from.ticket);
    const asked = waiter === undefined || waiter.resources.length > 1 ? held : waiter.resources;
    const names = this.#list(asked);
    if (edge.kind === 'retry') return `asked for ${names} ${durationText(edge.ageMs)} ago, without standing in line`;
    const others = held.filter((resource) => !asked.includes(resource));
    const overlap = others.length === 0 ? '' : ` (held as ${this.#list(others)})`;
    const place = edge.kind === 'line' ? 'behind it in line' : placeWords(waiter);
    return `waits ${durationText(edge.ageMs)}${place === '' ? '' : `, ${place},`} for ${names}${overlap}`;
  }

  #list(resources: readonly string[]): string {
    const names = resources.slice(0, NAMES).map((resource) => resourceText(resource, this.#reader));
    if (resources.length > NAMES) names.push(`${resources.length - NAMES} more`);
    return names.join(', ');
  }

  #drawIdle(waiter: WaiterView): void {
    const names = this.#list(waiter.resources);
    const words =
      waiter.state === 'offered'
        ? `is offered ${names} and has not claimed it`
        : waiter.state === 'passed_over'
          ? `keeps its place for ${names}, but its turn passes on`
          : `waits ${durationText(waiter.waitedMs)} for ${names}`;
    this.#name(waiter);
    this.#line('', waiter.sessionId, words, '');
  }

  #drawEnd(): void {
    for (const { agents } of this.#view.suspected) {
      const names = agents.map((agent) => oneLine(agent)).join(', ');
      this.#lines.push(
        this.#paint.alarm(this.#cut(`suspected deadlock: ${names} keep asking for what another of them holds`, 0)),
      );
    }
    for (const { victim, agoMs, cycle } of this.#view.broken) {
      const words = `deadlock broken ${durationText(agoMs)} ago, ${oneLine(victim.agentId)} gave way: ${cycleText(cycle, this.#reader)}`;
      this.#lines.push(this.#paint.faint(this.#cut(words, 0)));
    }
    const waiters = this.#view.leftOut.waiters + this.#view.waiters.filter((each) => !this.#isTold(each)).length;
    if (waiters > 0) this.#lines.push(this.#paint.faint(`… and ${counted(waiters, 'more waiter')} not shown`));
  }

  get #hasRoom(): boolean {
    return this.#lines.length < LINES;
  }

  /** It has a line, or is counted in one. */
  #isTold({ sessionId }: WaiterView): boolean {
    return this.#told.has(sessionId);
  }

  #isDrawn(waiter: WaiterView): boolean {
    return this.#view.edges.some((edge) => edge.from.ticket === waiter.ticket);
  }

  /** Counts who waits below, and takes them as drawn. */
  #passBelow(sessionId: string): number {
    const seen = new Set<string>();
    const open = [sessionId];
    while (open.length > 0) {
      for (const { edge } of this.#below.get(open.pop() as string) ?? []) {
        if (seen.has(edge.from.sessionId)) continue;
        seen.add(edge.from.sessionId);
        this.#drawn.add(edge.from.sessionId);
        this.#told.add(edge.from.sessionId);
        open.push(edge.from.sessionId);
      }
    }
    return seen.size;
  }

  #cycleWords(path: readonly string[]): string {
    const names = path.map((sessionId) => this.#label(sessionId));
    return [...names, names[0]].toReversed().join(' → ');
  }

  #line(prefix: string, sessionId: string, words: string, alarm: string): void {
    const label = this.#label(sessionId);
    this.#told.add(sessionId);
    const used = prefix.length + label.length + 1;
    const shown = this.#cut(words, used);
    const marked = alarm === '' ? '' : `  ${this.#paint.alarm(this.#cut(alarm, used + shown.length + 2))}`;
    const tail = shown === '' ? '' : ` ${shown}`;
    this.#lines.push(`${this.#paint.faint(prefix)}${this.#paint.agent(label)}${tail}${marked}`);
  }

  #note(prefix: string, words: string): void {
    this.#lines.push(this.#paint.faint(`${prefix}${this.#cut(words, prefix.length)}`));
  }

  #cut(text: string, used: number): string {
    const room = Math.max(12, this.#width - used);
    return oneLine(text, Number.isFinite(room) ? room : 4_000);
  }

  /** Two sessions of one agent must not look like one. */
  #name(end: { readonly agentId: string; readonly sessionId: string }): void {
    this.#names.set(end.sessionId, oneLine(end.agentId, 64));
  }

  #label(sessionId: string): string {
    const name = this.#names.get(sessionId) ?? sessionId;
    let namesakes = 0;
    for (const each of this.#names.values()) if (each === name) namesakes += 1;
    return namesakes > 1 ? `${name} (${sessionId.slice(-6)})` : name;
  }
}

/** The waiter is drawn below whoever holds; that it also stands behind somebody follows from its place. */
function hasHold(edges: readonly WaitEdge[], line: WaitEdge): boolean {
  return edges.some((edge) => edge.kind === 'hold' && edge.from.ticket === line.from.ticket);
}

/** One ticket, or one round of asking in vain. */
function isSameWait(a: WaitEdge, b: WaitEdge): boolean {
  return a.kind === b.kind && a.from.ticket === b.from.ticket;
}

function placeWords(waiter: WaiterView | undefined): string {
  if (waiter === undefined) return '';
  const place = waiter.position === 1 ? 'next in line' : `place ${waiter.position} in line`;
  return waiter.state === 'away' ? `${place}, away` : place;
}
