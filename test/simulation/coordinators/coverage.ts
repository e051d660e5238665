// What a campaign has met. Seeds that never reach a rule prove nothing about it, so the table is printed, and something
// expected that never happened fails the campaign.

type Kind = 'event' | 'answer' | 'case' | 'fault';

export class Coverage {
  readonly #counts = new Map<string, number>();

  count(kind: Kind, name: string, times = 1): void {
    const key = `${kind} ${name}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + times);
  }

  add(other: Coverage): void {
    for (const [key, times] of other.#counts) this.#counts.set(key, (this.#counts.get(key) ?? 0) + times);
  }

  /** Those of `names` that never happened. */
  missing(kind: Kind, names: readonly string[]): readonly string[] {
    return names.filter((name) => !this.#counts.has(`${kind} ${name}`));
  }

  table(): string {
    const rows = [...this.#counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return rows.map(([key, times]) => `${String(times).padStart(9)}  ${key}`).join('\n');
  }
}
