// What a soak promises. Growth is judged after a warm-up, with the error of its measurement on the side of the program; a leak of
// a hundred bytes with each of the soak's calls is ten times over the bound of the heap.

import type { Rule } from './judge.ts';

/** Brigade folds its write-ahead log back at 8 MiB, and cuts the file where readers made it longer than this. */
const WAL_MOST_MIB = 64;
const LOG_MOST_MIB = 48;

function processRules(name: string): readonly Rule[] {
  return [
    { series: `${name}.heap`, unit: 'MiB', perHourMax: 8 },
    { series: `${name}.rss`, unit: 'MiB', perHourMax: 32 },
    { series: `${name}.timers`, unit: 'timers', perHourMax: 20 },
    { series: `${name}.handles`, unit: 'handles', perHourMax: 20 },
    { series: `${name}.files`, unit: 'files', perHourMax: 20 },
    { series: `${name}.delay`, unit: 'ms', perHourMax: 30 },
  ];
}

export const RULES: readonly Rule[] = [
  ...['serve', 'mcp', 'watch'].flatMap(processRules),
  { series: 'log.wal', unit: 'MiB', most: WAL_MOST_MIB },
  // What was archived leaves room in the file, which is used again: events of what is kept and of two segments, and snapshots.
  { series: 'log.file', unit: 'MiB', most: LOG_MOST_MIB },
  { series: 'commit.mean', unit: 'ms', perHourMax: 10 },
  { series: 'pair.p50', unit: 'ms', perHourMax: 20 },
  { series: 'time.drift', unit: 'ms', most: 100, perHourMax: 50 },
];
