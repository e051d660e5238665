// What a campaign has seen: events, commands with their outcomes, cases that matter, and faults. Seeds that never reach a rule prove nothing
// about it, so the table is printed, and an event that never happened fails the campaign.

export class Coverage {
  readonly #counts = new Map<string, Map<string, number>>();

  count(kind: 'event' | 'command' | 'case' | 'fault', name: string, times = 1): void {
    const counts = this.#counts.get(kind) ?? new Map<string, number>();
    this.#counts.set(kind, counts);
    counts.set(name, (counts.get(name) ?? 0) + times);
  }

  add(other: Coverage): void {
    for (const [kind, counts] of other.#counts) {
      for (const [name, times] of counts) this.count(kind as 'event', name, times);
    }
  }

  has(kind: string, name: string): boolean {
    return this.#counts.get(kind)?.has(name) === true;
  }

  table(): string {
    const lines = [...this.#counts].flatMap(([kind, counts]) => [
      `${kind}s`,
      ...[...counts]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, times]) => `  ${String(times).padStart(9)}  ${name}`),
    ]);
    return lines.join('\n');
  }
}
