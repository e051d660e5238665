// Plays a table on a stage and compares what is heard with what is written.

import type { FleetEvent } from '../../src/core/event.ts';
import { isRejection } from '../../src/core/rejection.ts';
import { runCheck } from './language/checks.ts';
import { compareHeard } from './language/hears.ts';
import { Names } from './language/names.ts';
import { plainRegistration, range, readSaid } from './language/says.ts';
import type { Row, ScenarioTable } from './language/table.ts';
import type { Stage } from './stage.ts';

/** The number of rows of the table. Throws with the line of the first row that went otherwise. */
export async function playTable(table: ScenarioTable, stage: Stage): Promise<number> {
  const names = new Names();
  for (const row of table.rows) {
    for (const each of expand(row)) {
      try {
        await playRow(each, stage, names, table.startsAt);
      } catch (error) {
        throw new Error(
          `line ${each.line}: ${each.who} says "${each.says}": ${error instanceof Error ? error.message : String(error)}`,
          { cause: error },
        );
      }
    }
  }
  await stage.end();
  return table.rows.length;
}

async function playRow(row: Row, stage: Stage, names: Names, startsAt: number): Promise<void> {
  const isKnown =
    row.who === '-' || row.who === 'op' || row.says.startsWith('register') || names.session(row.who) !== undefined;
  const before = isKnown ? [] : await arrive(row, stage, names);
  const said = readSaid(row, names);
  const told =
    said.kind === 'fact'
      ? { answer: null, events: await stage.state(said.event, row.at) }
      : await stage.say(said.command, row.at);
  if (
    said.kind === 'command' &&
    said.registers !== null &&
    told.answer !== null &&
    !isRejection(told.answer) &&
    told.answer.op === 'register'
  ) {
    const { agentId, sessionId, handleAccepted } = told.answer;
    const command = said.command as typeof said.command & { op: 'register' };
    const known = names.session(said.registers);
    const handleHash = handleAccepted ? command.freshHandleHash : (known?.handleHash ?? command.resumeHandleHash ?? '');
    names.setSession(said.registers, { sessionId, agentId, handleHash });
  }
  for (const event of [...before, ...told.events])
    if (event.type === 'alert.opened') names.setAlert(event.code, event.seq);
  const by = said.kind === 'command' ? said.command.by : null;
  const caller = by?.kind === 'session' ? stage.folded.sessions.in('handle', by.handleHash) : [];
  const sessionId = [...caller][0]?.sessionId ?? null;
  const heard = { answer: told.answer, events: [...before, ...told.events], sessionId, state: stage.folded };
  const flaw = compareHeard(row.hears, heard, names);
  if (flaw !== null) throw new Error(flaw);
  for (const check of row.checks) {
    const failed = runCheck(check, { state: stage.folded, names, startsAt, lateMs: stage.lateMs, line: row.line });
    if (failed !== null) throw new Error(failed);
  }
}

/** Whoever speaks first without having registered arrives at that moment, as an agent of that name. */
async function arrive(row: Row, stage: Stage, names: Names): Promise<readonly FleetEvent[]> {
  const command = plainRegistration(row.who, names);
  const { answer, events } = await stage.say(command, row.at);
  if (isRejection(answer) || answer.op !== 'register')
    throw new Error(`${row.who} could not arrive: ${JSON.stringify(answer)}`);
  const { agentId, sessionId } = answer;
  names.setSession(row.who, {
    sessionId,
    agentId,
    handleHash: (command as { freshHandleHash: string }).freshHandleHash,
  });
  return events;
}

/** `w1..3` in the first column are three rows, in which `{n}` is 1, 2 and 3. */
function expand(row: Row): readonly Row[] {
  const many = /^(.*?)(\d+)\.\.(\d+)$/.exec(row.who);
  if (many === null) return [row];
  const fill = (text: string, n: number): string => text.replaceAll('{n}', String(n));
  return range(Number(many[2]), Number(many[3])).map((n) => ({
    ...row,
    who: `${many[1]}${n}`,
    says: fill(row.says, n),
    hears: fill(row.hears, n),
    checks: row.checks.map((check) => fill(check, n)),
  }));
}
