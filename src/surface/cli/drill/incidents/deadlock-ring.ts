// Each holds a file and asks for the next one's, all the way round. The circle is found by the request that would close it, and
// that one is told so at once. Here it does nothing about it, as an agent that does not read errors: it holds on, and the
// others wait behind it, until somebody is sent in.

import { counted } from '../../../../core/view/count-text.ts';
import { inTime, type Promised } from '../report/promises.ts';
import { seconds } from '../report/words.ts';
import type { Incident, Played } from './incident.ts';
import { namesText } from './names.ts';
import { explain, rescue } from './rescuer.ts';
import { ALERT_COMES_MS, type Cook, type Scene, type Underway } from './scene.ts';
import { oldToken, SILENT_AFTER_MS, SILENT_POLICY } from './silent-holder.ts';

/** The decision that would close the circle answers; the rest is for a slow machine. */
const ANSWER_MS = 1_000;

export const deadlockRing: Incident = {
  name: 'deadlock-ring',
  title: 'A ring of waits',
  rehearses: 'Each agent holds a file and asks for the one that the next agent holds, all the way round.',
  needs: 'nothing',
  signals: false,
  takesMs: 8_000,
  agents: { least: 2, usual: 4, most: 12 },
  policy: SILENT_POLICY,
  play,
};

async function play(scene: Scene): Promise<Played> {
  await scene.everybodyJoins();
  const ring = scene.cooks.slice();
  const files = ring.map((_, i) => `file:src/station_${i + 1}.py`);
  const fileAt = (i: number): string => files[i % files.length] as string;
  for (const [i, cook] of ring.entries()) await scene.take(cook, [fileAt(i)], { reason: `station ${i + 1}` });
  scene.tell(`${namesText(ring.map(({ agentId }) => agentId))} hold one file each`);
  const waits: Underway[] = [];
  for (const [i, cook] of ring.slice(0, -1).entries()) {
    waits.push(await scene.queue(cook, [fileAt(i + 1)], `station ${i + 2} too`));
    scene.tell(`${cook.agentId} waits for the file of ${ring[i + 1]?.agentId ?? ''}`);
  }
  const last = ring.at(-1) as Cook;
  const [causeMs, causeSeq] = [scene.nowMs(), scene.seen];
  scene.tell(`${last.agentId} asks for the file of ${ring[0]?.agentId ?? ''}: that would close the ring`, 'bad');
  const closing = scene.begin(last, { do: 'acquire', resources: [fileAt(0)], reason: 'the first too', ttlMs: 600_000 });
  const aborted = (await scene.heardOf(closing))?.aborted;
  const tookMs = scene.nowMs() - causeMs;
  scene.tell(
    `${last.agentId} hears after ${seconds(tookMs)}: ${aborted ?? 'nothing'}`,
    aborted === undefined ? 'bad' : 'good',
  );
  scene.tell(`${last.agentId} does nothing about it, and keeps its file`, 'bad');
  await scene.alert('silent_holder', causeSeq, SILENT_AFTER_MS + ALERT_COMES_MS);
  const rescuer = await scene.sendIn('rescue');
  const explanation = await explain(scene, rescuer);
  const [first] = explanation?.findings ?? [];
  const rescued = first === undefined ? null : await rescue(scene, rescuer, first, 'a drill: the ring hangs on it');
  for (const { cook, rest } of waits.toReversed()) {
    if (!(await scene.gotOn([{ cook, rest }], `${cook.agentId} to get on`))) break;
    await scene.call(cook, 'release_lock', { all: true });
    scene.tell(`${cook.agentId} has both its files and gives them back`, 'good');
  }
  const token = scene.tokenOf(last, fileAt(ring.length - 1));
  const late = await scene.call(last, 'put_state', {
    key: 'station',
    value: 1,
    resource: fileAt(ring.length - 1),
    token,
  });
  const both = [fileAt(0), fileAt(ring.length - 1)];
  const again = scene.begin(last, { do: 'acquire', resources: both, reason: 'both at once', ttlMs: 60_000 });
  if (await scene.gotOn([again], `${last.agentId} to get on`)) {
    scene.tell(`${last.agentId} asks for both at once, as it was told, and has them`, 'good');
  }
  return {
    causeMs,
    causeSeq,
    alert: {
      code: 'deadlock',
      thresholdMs: 0,
      because: 'a ring is found by the request that closes it',
      names: ring.slice(0, 4).map(({ agentId }) => agentId),
    },
    rootCause: { codes: ['deadlock_ring', 'silent_holder'], names: [last.agentId] },
    reported: ['deadlock', 'silent_holder'],
    explanation,
    rescued,
    blocked: ring.map(({ agentId }, i) => ({ agentId, resource: fileAt(i + 1) })),
    freedBy: `${rescuer.agentId}, no operator, had the silent one's lease taken back, and the ring unwound`,
    promises: [told({ aborted, tookMs, ring }), oldToken(late)],
    verdict: `A ring of ${counted(ring.length, 'agent')} never closed: who would have closed it was told at once and in words, and when it sat there with its file, a fresh agent saw that all hung on it and freed them.`,
  };
}

function told({
  aborted,
  tookMs,
  ring,
}: {
  readonly aborted: string | undefined;
  readonly tookMs: number;
  readonly ring: readonly Cook[];
}): Promised {
  const isNamed = ring.every(({ agentId }) => aborted?.includes(agentId) === true);
  return {
    id: 'told',
    text: `Who would close the ring hears so within ${seconds(ANSWER_MS)}, and who is in it`,
    ...inTime(isNamed ? tookMs : null, ANSWER_MS),
    measured:
      aborted === undefined
        ? 'it was told nothing'
        : `in ${seconds(tookMs)}, ${isNamed ? 'everybody' : 'not everybody'} named`,
  };
}
