// Runs the sections of the suite that are asked for, says what they measured, and writes it down.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { syncsPerSecond } from './peers/bare-log.ts';
import { drawCharts } from './render/charts.ts';
import { sectionText } from './render/text-table.ts';
import {
  type MachineClass,
  machineClass,
  missed,
  type Results,
  resultsText,
  type SectionResult,
  summarize,
} from './results.ts';
import type { Ask, Row, Section } from './section.ts';

export interface SuiteOptions extends Ask {
  readonly runs: number;
  readonly sections: readonly Section[];
  /** Where JSON and pictures go. */
  readonly folder: string;
  readonly say: (line: string) => void;
}

export interface SuiteOutcome {
  readonly results: Results;
  /** Targets that were missed. */
  readonly missed: number;
}

/** Sections that fail are told and left out; the others go on. */
export async function runSuite(options: SuiteOptions): Promise<SuiteOutcome> {
  const { sections, folder, say } = options;
  mkdirSync(folder, { recursive: true });
  const done: Record<string, SectionResult> = {};
  let wrong = 0;
  for (const section of sections) {
    try {
      const result = await runSection(section, options);
      done[section.name] = result;
      for (const line of sectionText(section, result)) say(line);
      wrong += result.rows.reduce((sum, row) => sum + missed(row).length, 0);
      for (const { chart, svg } of drawCharts(section, result))
        writeFileSync(join(folder, `${section.name}-${chart}.svg`), svg);
    } catch (error) {
      wrong += 1;
      say(`${section.name} FAILED: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
    writeFileSync(join(folder, 'results.json'), resultsText({ format: 1, sections: done }));
  }
  return { results: { format: 1, sections: done }, missed: wrong };
}

async function runSection(section: Section, options: SuiteOptions): Promise<SectionResult> {
  const [column] = section.columns;
  if (column === undefined) throw new Error(`${section.name} has no columns`);
  const machine = await machineNow();
  const { measure } = await section.load();
  const runs = section.isOnce === true ? 1 : options.runs;
  const measured: (readonly Row[])[] = [];
  const beganMs = performance.now();
  for (let run = 1; run <= runs; run += 1) {
    process.stderr.write(`${section.name}: run ${run} of ${runs} ...\n`);
    measured.push(await measure(options));
  }
  const tookSeconds = Math.round((performance.now() - beganMs) / 1_000);
  const rows = summarize(measured, column);
  const date = new Date().toISOString().slice(0, 10);
  return { date, machine, runs, isQuick: options.isQuick, tookSeconds, rows };
}

async function machineNow(): Promise<MachineClass> {
  const folder = mkdtempSync(join(tmpdir(), 'brigade-probe-'));
  const [load = 0] = loadavg();
  try {
    return machineClass(await syncsPerSecond(folder), Number((load / availableParallelism()).toFixed(2)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
