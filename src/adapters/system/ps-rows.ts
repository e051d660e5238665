// macOS and the BSDs: processes as `ps` tells them. A call costs about ten milliseconds, so many are asked for at once.
// Language and time zone are fixed, because the start time is a text and is compared.

import type { ProcessRow, ProcessState } from '../../ports/process-table.ts';

const COLUMNS = 'pid=,ppid=,pgid=,stat=,lstart=,command=';
const LINE = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\w{3}\s+\w{3}\s+\d+\s+[\d:]+\s+\d{4})\s*(.*)$/;
const NAME_LENGTH = 64;
/** A `ps` that takes longer tells nothing. */
const PATIENCE_MS = 2000;

export type ProcessRows = ReadonlyMap<number, ProcessRow>;

/** The processes named, or all; those that are missing are gone or could not be seen. Blocks while `ps` runs. */
export function readPs(which: readonly number[] | 'all'): ProcessRows {
  const { execFileSync } = childProcesses();
  try {
    return parsePs(execFileSync('ps', psArguments(which), { ...psOptions(), stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch (error) {
    return parsePs(partialOutput(error));
  }
}

/** The same without blocking. */
export function readPsSoon(which: readonly number[]): Promise<ProcessRows> {
  const { execFile } = childProcesses();
  return new Promise((resolve) => {
    execFile('ps', psArguments(which), psOptions(), (_error, output) => resolve(parsePs(output)));
  });
}

export function parsePs(output: string): ProcessRows {
  const rows = output.split('\n').map(parseLine);
  return new Map(rows.filter((row) => row !== null).map((row) => [row.pid, row]));
}

function parseLine(line: string): ProcessRow | null {
  const [matched, pid, parentPid, groupId, letters = '', startTime = '', command = ''] = LINE.exec(line) ?? [];
  if (matched === undefined) return null;
  return {
    pid: Number(pid),
    startTime: startTime.replaceAll(/\s+/g, ' '),
    parentPid: Number(parentPid),
    groupId: Number(groupId),
    state: stateOf(letters.charAt(0)),
    name: command.slice(0, NAME_LENGTH),
  };
}

function stateOf(letter: string): ProcessState {
  if (letter === 'T' || letter === 't') return 'stopped';
  return letter === 'Z' || letter === 'X' ? 'dead' : 'alive';
}

/** Loaded only where `ps` is needed: it takes 4 ms of every start. */
function childProcesses() {
  return process.getBuiltinModule('node:child_process');
}

function psArguments(which: readonly number[] | 'all'): string[] {
  return which === 'all' ? ['-axo', COLUMNS] : ['-o', COLUMNS, '-p', which.join(',')];
}

function psOptions() {
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  return { encoding: 'utf8', timeout: PATIENCE_MS, maxBuffer: 16 * 1024 * 1024, env } as const;
}

/** `ps` exits 1 when one of the processes is gone, and prints the others. */
function partialOutput(error: unknown): string {
  const output = error instanceof Error && 'stdout' in error ? error.stdout : '';
  return typeof output === 'string' ? output : '';
}
