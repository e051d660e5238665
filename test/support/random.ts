// Random numbers for simulations: one seed gives one sequence, on every machine and for ever, because seeds are kept.

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** A whole number from 0 to `below - 1`. */
  below(below: number): number;
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** One of them; throws when there is none. */
  pick<T>(items: readonly T[]): T;
  /** One of them, each as often as its weight says. */
  weighted<T>(items: readonly (readonly [weight: number, item: T])[]): T;
  /** An independent sequence of its own, so that one part's draws do not shift another's. */
  fork(): Random;
}

/** The sequence of this seed (the mixing function is splitmix32). */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;

  function next(): number {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    mixed ^= mixed >>> 15;
    return (mixed >>> 0) / 2 ** 32;
  }

  function pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(next() * items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  function weighted<T>(items: readonly (readonly [number, T])[]): T {
    let left = next() * items.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, item] of items) {
      left -= weight;
      if (left < 0) return item;
    }
    return pick(items)[1];
  }

  return {
    next,
    below: (below) => Math.floor(next() * below),
    between: (least, most) => least + Math.floor(next() * (most - least + 1)),
    chance: (probability) => next() < probability,
    pick,
    weighted,
    fork: () => randomOf(Math.floor(next() * 2 ** 32)),
  };
}
