// Critical sections: from the moment an agent begins to touch a file until it has written it, on the one monotonic clock that
// all processes of a host share. Two of one file must never overlap.

import type { JournalLine } from '../journal.ts';

export interface Section {
  readonly agentId: string;
  readonly file: string;
  readonly token: number;
  readonly enteredMs: number;
  /** Infinity where the agent ended inside. */
  readonly leftMs: number;
}

export interface Overlap {
  readonly first: Section;
  readonly second: Section;
}

/** Sections of one agent, in the order of entering. */
export function sectionsOf(agentId: string, journal: readonly JournalLine[]): readonly Section[] {
  const sections: Section[] = [];
  const open = new Map<string, { readonly enteredMs: number; readonly token: number }>();
  for (const line of journal) {
    if (line.what === 'entered') open.set(line.file, { enteredMs: line.atMs, token: line.token });
    if (line.what !== 'left') continue;
    const entered = open.get(line.file);
    if (entered === undefined) continue;
    open.delete(line.file);
    sections.push({ agentId, file: line.file, ...entered, leftMs: line.atMs });
  }
  for (const [file, entered] of open) sections.push({ agentId, file, ...entered, leftMs: Number.POSITIVE_INFINITY });
  return sections;
}

/** Pairs of sections of one file that overlap. Readings are whole milliseconds, rounded down: equal ones touch. */
export function overlapsIn(sections: readonly Section[]): readonly Overlap[] {
  const overlaps: Overlap[] = [];
  const byFile = Map.groupBy(sections, ({ file }) => file);
  for (const group of byFile.values()) {
    const inside: Section[] = [];
    for (const second of group.toSorted((a, b) => a.enteredMs - b.enteredMs)) {
      const still = inside.filter((first) => first.leftMs > second.enteredMs);
      overlaps.push(...still.map((first) => ({ first, second })));
      inside.splice(0, inside.length, ...still, second);
    }
  }
  return overlaps;
}
