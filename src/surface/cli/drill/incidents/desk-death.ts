// The process that serves all others of the host is killed in the middle of its work, with its agent and the lock that one held.
// Another process takes its place; whatever was asked is asked again and answered once.

import { setTimeout as pause } from 'node:timers/promises';
import { counted } from '../../../../core/view/count-text.ts';
import { type JournalLine, linesOf, parseJournal } from '../journal.ts';
import type { OrderResult } from '../protocol.ts';
import { inTime, type Promised } from '../report/promises.ts';
import { seconds } from '../report/words.ts';
import { CORE_FILE } from '../workspace-files.ts';
import type { Incident, Played } from './incident.ts';
import { explain } from './rescuer.ts';
import { ALERT_COMES_MS, type Cook, type Scene } from './scene.ts';

const FILE = `file:${CORE_FILE}`;
/** Everybody writes for so long before, and after. */
const LOAD_MS = 1_500;
/** A process that is gone is seen within this. */
const SEEN_MS = 2_000;
/** Until another process serves, and what was asked is answered; the rest is for a slow machine. */
const PAUSE_MS = 4_000;

export const deskDeath: Incident = {
  name: 'desk-death',
  title: 'The death of the desk',
  rehearses: 'The process that serves all others of the host is killed under load, with a lock in its agent’s hand.',
  needs: 'signals (not on Windows)',
  signals: true,
  takesMs: 9_000,
  agents: { least: 3, usual: 6, most: 16 },
  policy: {},
  play,
};

async function play(scene: Scene): Promise<Played> {
  await scene.everybodyJoins();
  const desk = await scene.atTheDesk();
  const others = scene.cooks.filter((cook) => cook !== desk);
  const waiter = others[0] as Cook;
  await scene.take(desk, [FILE], { reason: 'the rules' });
  const wait = await scene.queue(waiter, [FILE], 'the rules too');
  const load = others.map((cook) =>
    scene.begin(cook, { do: 'load', key: `work/${cook.agentId}`, pauseMs: 5, bytes: 100 }),
  );
  scene.tell(
    `${counted(others.length, 'agent')} write without a pause; the \`brigade mcp\` of ${desk.agentId} serves them all`,
  );
  await pause(LOAD_MS);
  const [causeMs, causeSeq] = [scene.nowMs(), scene.seen];
  await desk.kill();
  scene.signalled(desk, 'killed');
  scene.tell(
    `SIGKILL to ${desk.agentId} and its \`brigade mcp\`, which is the desk, lock in hand, while ${waiter.agentId} waits`,
    'bad',
  );
  await scene.alert('session_lost', causeSeq, SEEN_MS + ALERT_COMES_MS);
  if (await scene.gotOn([wait], `${waiter.agentId} to get on`)) {
    scene.tell(`${waiter.agentId} has ${CORE_FILE}`, 'good');
  }
  await pause(LOAD_MS);
  for (const { cook } of load) cook.goOn();
  const results = await scene.allOf(load, 'the others to stop');
  const next = await scene.atTheDesk();
  const pauses = await Promise.all(others.map(async (cook) => pauseOf(await journalOf(scene, cook), causeMs)));
  const longestMs = pauses.every((each) => each !== null) ? Math.max(...pauses) : null;
  scene.tell(
    `The \`brigade mcp\` of ${next.agentId} serves now; nobody stood still for longer than ${seconds(longestMs)}`,
    'good',
  );
  const rescuer = await scene.sendIn('rescue');
  const explanation = await explain(scene, rescuer);
  return {
    causeMs,
    causeSeq,
    alert: {
      code: 'session_lost',
      thresholdMs: SEEN_MS,
      because: 'that a process is gone is seen within 2 s',
      names: [desk.agentId],
    },
    rootCause: { codes: [], names: [] },
    reported: ['session_lost'],
    explanation,
    rescued: null,
    blocked: [{ agentId: waiter.agentId, resource: FILE }],
    freedBy: 'the lock of the dead went to the next in line by itself, and nobody had to be sent in',
    promises: [goesOn(pauses, longestMs), noErrors(results)],
    verdict: `The process that served everybody died in the middle of it, and the others went on after ${seconds(longestMs)} without hearing of an error; its agent’s lock was free again by itself.`,
  };
}

async function journalOf(scene: Scene, cook: Cook): Promise<readonly JournalLine[]> {
  return parseJournal((await scene.journalOf(cook)) ?? '');
}

/** The longest time between two acknowledged writes of one agent from just before the death on; null when none came after it. */
function pauseOf(journal: readonly JournalLine[], deathMs: number): number | null {
  const after = linesOf(journal, 'wrote').filter(({ atMs }) => atMs > deathMs);
  return after.length === 0 ? null : Math.max(...after.map(({ sinceLastMs }) => sinceLastMs));
}

function goesOn(pauses: readonly (number | null)[], longestMs: number | null): Promised {
  const on = pauses.filter((each) => each !== null).length;
  return {
    id: 'goes-on',
    text: `Everybody else goes on within ${seconds(PAUSE_MS)}`,
    ...inTime(longestMs, PAUSE_MS),
    measured: `${on} of ${pauses.length}, after ${seconds(longestMs)} at the longest`,
  };
}

function noErrors(results: readonly OrderResult[]): Promised {
  const refused = results.reduce((sum, each) => sum + (each.refused ?? 0), 0);
  return {
    id: 'no-errors',
    text: 'Nobody hears of an error: what was asked is asked again, and done once',
    kept: refused === 0,
    measured: `${counted(refused, 'write')} refused`,
  };
}
