// Every store, every fault, every workload: which of these cells there are, and why there are no others.

import { FAULTS, type Fault } from './faults.ts';
import { STORES, type Store } from './stores.ts';
import { WORKLOADS, type Workload } from './workloads.ts';

export interface Cell {
  readonly store: Store;
  readonly fault: Fault;
  readonly workload: Workload;
}

const NO_LINE = 'a file has no line and no server';
const ONE_PROCESS = 'it lives in one process and dies with it';

const NOT_APPLICABLE: Readonly<Record<Store, Readonly<Partial<Record<Fault, string>>>>> = {
  sqlite: {
    slow: NO_LINE,
    cut: NO_LINE,
    'half-open': NO_LINE,
    'server-killed': NO_LINE,
    'server-stopped': NO_LINE,
    'old-desk': 'there is no desk',
  },
  'sqlite-desk': {
    slow: 'a desk is a local socket; a desk that is slow is one that is `resumed`',
    cut: 'a desk is a local socket, which is cut when the desk is `killed`',
    'half-open': 'a desk is a local socket, which is half-open while the desk is `stopped`',
    'server-killed': NO_LINE,
    'server-stopped': NO_LINE,
  },
  redis: {},
  etcd: {},
  memory: {
    killed: ONE_PROCESS,
    stopped: ONE_PROCESS,
    resumed: ONE_PROCESS,
    'half-open': 'a call of a function is answered or fails',
    full: 'it has no bound but the process',
    'server-killed': ONE_PROCESS,
    'server-stopped': ONE_PROCESS,
    'clock-forward': 'one process has one clock; clocks that jump apart are in `test/simulation`',
    'clock-back': 'one process has one clock; clocks that jump apart are in `test/simulation`',
    'old-format': 'one process has one version; older logs are in `test/histories`',
    'old-desk': 'there is no desk',
  },
};

/** Why there is no such cell; null where there is one. */
export function notApplicable(store: Store, fault: Fault): string | null {
  return NOT_APPLICABLE[store][fault] ?? null;
}

/** A name of each, or fewer names, with commas between: `redis,killed,shared`, `redis`, `killed,shared`. */
export function cellsFor(only: string): readonly Cell[] {
  const asked = only.split(',').filter((name) => name !== '');
  const known: readonly string[] = [...STORES, ...FAULTS, ...WORKLOADS];
  const unknown = asked.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new Error(`There is no "${unknown}". Stores, faults and workloads: ${known.join(', ')}.`);
  const of = <Name extends string>(names: readonly Name[]): readonly Name[] => {
    const chosen = names.filter((name) => asked.includes(name));
    return chosen.length === 0 ? names : chosen;
  };
  return of(STORES).flatMap((store) =>
    of(FAULTS).flatMap((fault) => of(WORKLOADS).map((workload) => ({ store, fault, workload }))),
  );
}

/** The same for the same cell, whichever others are played beside it. */
export function seedOf({ store, fault, workload }: Cell, seed: number, round: number): number {
  let hash = 0x811c9dc5;
  for (const character of `${seed} ${store} ${fault} ${workload} ${round}`)
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash;
}

export function commandFor({ store, fault, workload }: Cell, seed: number, round: number): string {
  return `npm run test:faults -- --only ${store},${fault},${workload} --seed ${seed}${round === 1 ? '' : ` --round ${round}`}`;
}
