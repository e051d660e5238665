// Figures in documents that look measured and are not: what Brigade promises, the bounds it keeps, how often it looks, and what
// others have set. Each with the words around it, so that it is this one that is meant. A figure that was measured does not
// belong here: it stands between marks, and comes out of `npm run bench -- --publish`.

interface Promised {
  readonly why: string;
  /** Words of a page that hold the figure. */
  readonly said: Readonly<Record<string, readonly string[]>>;
}

/** Pages that are not looked at, and why. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  'docs/adr/': 'history, with its dates',
  'docs/postmortems/': 'history, with its dates',
  'docs/policy.md': 'written from the settings: bounds and defaults',
  'docs/reference/': 'written from the code: bounds and defaults',
  'docs/testing.md': 'what tests found, and what was broken on purpose: history',
};

export const PROMISED: readonly Promised[] = [
  {
    why: 'how often something is looked at, or how long it is waited for: a constant of the code',
    said: {
      'docs/architecture.md': [
        'or looks within 250 ms',
        'the others look every 25 ms',
        'holds still for 25 ms once a second',
        'tells what happens within 100 ms',
      ],
      'docs/dashboard.md': ['at most four times a second'],
      'docs/explanation/belief.md': ['has 293,950 ms: 300,000 x 0.98'],
      'docs/guarantees.md': [
        'the file is watched; 250 ms',
        'waited for, up to 250 ms',
        'it has 25 ms of each second',
        'Those 25 ms are the price',
        'at the latest after 250 ms',
        'written at most every 250 ms',
        'it is passed over 2 s after',
      ],
      'docs/scaling.md': ['That is 3.5 calls a second'],
      'docs/troubleshooting.md': ['A pause of 2 s once'],
    },
  },
  {
    why: 'a time-out, or a margin',
    said: {
      'docs/guarantees.md': [
        'after 5 s, until it goes on',
        'calls take longer; beyond 5 s',
        'a beat that is 15 s late',
        'beliefs end 15 s after',
        '(10 s) | a beat needs the repl',
        'less 2 % and 50 ms',
      ],
      'docs/troubleshooting.md': ['within 10000 ms', 'it took nothing for 30 s'],
    },
  },
  {
    why: 'a bound on what is taken, with a refusal of its own or a test',
    said: {
      'docs/dashboard.md': ['held to 200 KiB compressed'],
      'docs/governance.md': ['at most 4 KiB of text', 'more than 64 KiB', 'more than 16 MiB'],
      'docs/guarantees.md': [
        '(512 events, 64 KiB)',
        'in pieces of 256 KiB',
        'a batch of 512 events and 512 KiB fits',
        '4,096 events, 16 MiB | the same',
        'must fit 16 MiB',
        'compress to 1.5 MiB',
      ],
      'docs/hooks.md': ['commands longer than 64 KiB'],
      'docs/http-access.md': [
        '500 in a second',
        '1,000 in a second',
        '100 in a second',
        '2 in a second',
        '1 MiB; over MCP 4 MiB',
        'head | 16 KiB',
      ],
      'docs/operations.md': ['at most 256 MiB', 'up to 4 KiB', '100,000, 64 KiB'],
      'docs/scaling.md': ['(16 MiB at most'],
      'docs/time-travel.md': ['256 MiB at most'],
      'docs/troubleshooting.md': ['8,192 events or 2 MiB waited'],
    },
  },
  {
    why: 'what others set or ask for, from their documentation',
    said: {
      'docs/comparison.md': ['older than `stale` (10 s by default)'],
      'docs/etcd.md': ['below 10 ms', '`--max-request-bytes`, 1.5 MiB', 'more than 1.5 GiB', 'the quota is 2 GiB'],
      'docs/guarantees.md': ['**A quota that is used up** (2 GiB'],
      'docs/stores.md': ['etcd takes 1.5 MiB'],
    },
  },
  {
    why: 'how large a load is that a benchmark makes',
    said: { 'docs/dashboard.md': ['2,000 waits and 500 events a second'] },
  },
];
