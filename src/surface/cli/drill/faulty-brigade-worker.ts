// A `brigade` in whose process something is wrong: its wall clock, or the disk under its log. The drill that started it says so
// in a file, and may say something else at any time. It is a program of its own, which nothing else starts, so that no
// setting can do this to the `brigade` that people run.

import { readFileSync } from 'node:fs';
import { capLogs, offsetWallClock } from '../../../compose.ts';
import { runCli } from '../run-cli.ts';
import { FAULTS_LOOK_MS, FAULTS_VARIABLE, parseFaults } from './rehearsal/faults.ts';

const path = process.env[FAULTS_VARIABLE];
if (path !== undefined) {
  const cap = await capLogs();
  const suffer = (): void => {
    const { isFull, wallOffsetMs } = parseFaults(readFileSync(path, 'utf8'));
    cap.set(isFull);
    offsetWallClock(wallOffsetMs);
  };
  suffer();
  setInterval(suffer, FAULTS_LOOK_MS).unref();
}
process.exitCode = await runCli(process.argv.slice(2));
