// Agents that retry instead of waiting: two hold what the other one wants and ask for it in a tight loop, and the rest join in.
// None of them stands in line, so there is no wait in which a deadlock could be found; from what they are refused it shows.

import { setTimeout as pause } from 'node:timers/promises';
import { counted, timesText } from '../../../../core/view/count-text.ts';
import type { OrderResult } from '../protocol.ts';
import { inTime, type Promised } from '../report/promises.ts';
import { seconds } from '../report/words.ts';
import { CORE_FILE, SERVER_FILE } from '../workspace-files.ts';
import type { Incident, Played } from './incident.ts';
import { namesText } from './names.ts';
import { explain, rescue } from './rescuer.ts';
import { ALERT_COMES_MS, type Cook, type Scene } from './scene.ts';

const CORE = `file:${CORE_FILE}`;
const SERVER = `file:${SERVER_FILE}`;
/** So long they storm at least, for the storm to be one. */
const STORM_MS = 2_000;
/** A call that asks for nothing that others want, meanwhile. */
const ANSWER_MS = 2_000;

export const retryStorm: Incident = {
  name: 'retry-storm',
  title: 'A storm of retries',
  rehearses: 'Agents ask again and again, without standing in line, for what another one of them holds.',
  needs: 'nothing',
  signals: false,
  takesMs: 8_000,
  agents: { least: 3, usual: 6, most: 12 },
  policy: {},
  play,
};

async function play(scene: Scene): Promise<Played> {
  await scene.everybodyJoins();
  const [one, other, ...rest] = scene.cooks as [Cook, Cook, ...Cook[]];
  await scene.take(one, [CORE], { reason: 'the rules' });
  await scene.take(other, [SERVER], { reason: 'the server' });
  scene.tell(`${one.agentId} holds ${CORE_FILE}, ${other.agentId} holds ${SERVER_FILE}; each wants the other's too`);
  const wants = new Map<Cook, string>([[one, SERVER], [other, CORE], ...rest.map((cook) => [cook, CORE] as const)]);
  const [causeMs, causeSeq] = [scene.nowMs(), scene.seen];
  const storm = [...wants].map(([cook, resource]) =>
    scene.begin(cook, {
      do: 'hammer',
      tool: 'acquire_lock',
      args: { resources: [resource], waitMs: 0, ttlMs: 600_000 },
    }),
  );
  scene.tell(
    `${namesText([...wants.keys()].map(({ agentId }) => agentId))} ask without a rest, and without standing in line`,
    'bad',
  );
  await scene.alert('suspected_deadlock', causeSeq, ALERT_COMES_MS);
  const rescuer = await scene.sendIn('rescue');
  const explanation = await explain(scene, rescuer);
  await pause(Math.max(0, causeMs + STORM_MS - scene.nowMs()));
  const slowestMs = await slowestAnswer(scene, rescuer);
  const [first] = explanation?.findings ?? [];
  const rescued = first === undefined ? null : await rescue(scene, rescuer, first, 'a drill: one of them must let go');
  for (const cook of wants.keys()) cook.goOn();
  const results = await scene.allOf(storm, 'the storm to end');
  const refused = results.reduce((sum, each) => sum + (each.refused ?? 0), 0);
  scene.tell(`They stop after ${counted(refused, 'refusal')}, each of which said: ${adviceOf(results)}`);
  await scene.call(other, 'release_lock', { all: true });
  scene.tell(`${other.agentId} lets go, and everybody stands in line`, 'good');
  const line = [...wants].map(([cook, resource]) => ({
    cook,
    rest: inLine(scene, cook, cook === other ? [CORE, SERVER] : [resource]),
  }));
  await scene.gotOn(line, 'everybody to get on');
  return {
    causeMs,
    causeSeq,
    alert: {
      code: 'suspected_deadlock',
      thresholdMs: 0,
      because: 'two refusals are enough to see it',
      names: [one.agentId, other.agentId],
    },
    rootCause: { codes: ['suspected_deadlock'], names: [one.agentId, other.agentId] },
    reported: ['suspected_deadlock'],
    explanation,
    rescued,
    blocked: [...wants].map(([{ agentId }, resource]) => ({ agentId, resource })),
    freedBy: 'one of the two let go, and all stood in line',
    promises: [toldToQueue(results), answered(slowestMs, refused), asked(scene, rescued?.ok === true)],
    verdict: `${counted(wants.size, 'agent')} asked ${timesText(refused)} in vain and none of them waited; it was seen at once who kept whom from going on, they were told to stand in line, and there everybody had its turn.`,
  };
}

/** Waits its turn and gives everything back. */
async function inLine(scene: Scene, cook: Cook, resources: readonly string[]): Promise<OrderResult> {
  const result = await cook.order({ do: 'acquire', resources, reason: 'in line', ttlMs: 60_000 });
  await scene.call(cook, 'release_lock', { all: true });
  return result;
}

async function slowestAnswer(scene: Scene, cook: Cook): Promise<number> {
  let slowestMs = 0;
  for (let i = 0; i < 5; i += 1) {
    const sentMs = scene.nowMs();
    await scene.call(cook, 'fleet_status', {});
    slowestMs = Math.max(slowestMs, scene.nowMs() - sentMs);
  }
  scene.tell(`${cook.agentId} is answered in ${seconds(slowestMs)} at the slowest, in the middle of the storm`, 'good');
  return slowestMs;
}

function adviceOf(results: readonly OrderResult[]): string {
  const told = results.find((each) => each.told?.ok === false)?.told;
  return told?.ok === false ? told.next : 'nothing';
}

function toldToQueue(results: readonly OrderResult[]): Promised {
  const refusals = results.flatMap(({ told }) => (told?.ok === false ? [told] : []));
  const advised = refusals.filter(({ code, next }) => code === 'LEASE_HELD' && /wait/i.test(next));
  return {
    id: 'told-to-queue',
    text: 'Whoever asks in vain is told to stand in line',
    kept: refusals.length > 0 && advised.length === refusals.length,
    measured: `${advised.length} of ${refusals.length}`,
  };
}

function answered(slowestMs: number, refused: number): Promised {
  return {
    id: 'answered',
    text: `Others are answered within ${seconds(ANSWER_MS)} in the middle of it`,
    ...inTime(slowestMs, ANSWER_MS),
    measured: `${seconds(slowestMs)} at the slowest, ${counted(refused, 'refusal')} in all`,
  };
}

/** Nothing may be taken from somebody who works: one of them is asked. */
function asked({ watch }: Scene, isDone: boolean): Promised {
  const message = watch.events.find((event) => event.type === 'message.sent' && event.lease !== null);
  const revoked = watch.events.filter(({ type }) => type === 'lease.revoked').length;
  return {
    id: 'asked',
    text: 'The rescue asks one of them to let go, and takes nothing from anybody',
    kept: isDone && message !== undefined && revoked === 0,
    measured: message === undefined ? 'nobody was asked' : `one was asked, ${counted(revoked, 'lease')} taken back`,
  };
}
