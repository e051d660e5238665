// A holder is there and does nothing, as an agent whose client hangs or whose person went home, and a long queue forms behind
// it. Nobody waits for its lease to run out: people are told, whoever is sent in sees who it is, and has the lease taken back.

import type { FeedEvent } from '../../../../app/coordinator.ts';
import { counted } from '../../../../core/view/count-text.ts';
import type { Told } from '../protocol.ts';
import { grantsOutOfTurn } from '../report/line-order.ts';
import type { Promised } from '../report/promises.ts';
import { overlapsIn } from '../report/sections.ts';
import { CORE_FILE } from '../workspace-files.ts';
import type { Incident, Played } from './incident.ts';
import { isOf } from './measure.ts';
import { MOST_NAMES, namesText } from './names.ts';
import { explain, rescue } from './rescuer.ts';
import { ALERT_COMES_MS, type Cook, type Scene } from './scene.ts';
import { sectionsIn } from './sections-of-cooks.ts';

export const SILENT_AFTER_MS = 2_000;
export const SILENT_POLICY = { silentHolder: { afterMs: SILENT_AFTER_MS } } as const;
/** More than anybody wants to wait: without a rescue they would. */
const TTL_MS = 600_000;
const FILE = `file:${CORE_FILE}`;

export const silentHolder: Incident = {
  name: 'silent-holder',
  title: 'A silent holder, and a long queue',
  rehearses: 'A holder is there and does nothing, while everybody else stands in line behind it.',
  needs: 'nothing',
  signals: false,
  takesMs: 9_000,
  agents: { least: 2, usual: 10, most: MOST_NAMES },
  policy: SILENT_POLICY,
  play,
};

async function play(scene: Scene): Promise<Played> {
  await scene.everybodyJoins();
  const [holder, ...others] = scene.cooks as [Cook, ...Cook[]];
  const leases = await scene.take(holder, [FILE], { reason: 'tidying the rules', ttlMs: TTL_MS });
  const token = leases[0]?.token ?? 0;
  const [causeMs, causeSeq] = [scene.nowMs(), scene.seen];
  const stands = `${holder.agentId} takes ${CORE_FILE} and does nothing any more`;
  scene.tell(`${stands}; its lease would last ten minutes`, 'bad');
  const pieces = others.map((cook, i) =>
    scene.begin(cook, {
      do: 'tend',
      piece: {
        files: [CORE_FILE],
        summary: 'one line of the rules',
        pauseMs: 0,
        dwellMs: 20,
        line: i + 1,
        report: null,
      },
    }),
  );
  await scene.allInLine(others, causeSeq);
  scene.tell(
    `${namesText(others.map(({ agentId }) => agentId))} ${others.length === 1 ? 'stands' : 'stand'} in line for it`,
  );
  await scene.mark('23:25', stands);
  await scene.alert('silent_holder', causeSeq, SILENT_AFTER_MS + ALERT_COMES_MS);
  const help = await sendHelp(scene, token);
  if (await scene.gotOn(pieces, 'everybody to get on')) {
    scene.tell(`All ${others.length} had ${CORE_FILE} and gave it back, one after the other`, 'good');
  }
  const late = await scene.call(holder, 'put_state', { key: 'rules', value: 'mine', resource: FILE, token });
  scene.tell(
    `${holder.agentId} comes back and writes with token ${token}: ${lateText(late)}`,
    late.ok ? 'bad' : 'good',
  );
  return {
    causeMs,
    causeSeq,
    alert: {
      code: 'silent_holder',
      thresholdMs: SILENT_AFTER_MS,
      because: 'silence counts after 2 s',
      names: [holder.agentId],
    },
    rootCause: { codes: ['silent_holder'], names: [holder.agentId] },
    reported: ['silent_holder'],
    explanation: help.explanation,
    rescued: help.rescued,
    blocked: others.map(({ agentId }) => ({ agentId, resource: FILE })),
    freedBy: help.freedBy,
    promises: [...(await inTurn(scene)), oldToken(late)],
    verdict: `A holder that did nothing kept ${counted(others.length, 'agent')} waiting for seconds and not for the ten minutes of its lease: people were told, ${help.verdict}, and nothing was lost.`,
  };
}

interface Help extends Pick<Played, 'explanation' | 'rescued' | 'freedBy'> {
  readonly verdict: string;
}

/** Somebody fresh looks what is wrong, and helps; where somebody sits at the page, the help is left to them for a while. */
async function sendHelp(scene: Scene, token: number): Promise<Help> {
  const rescuer = await scene.sendIn('rescue');
  const explanation = await explain(scene, rescuer);
  const byHand = scene.isByHand ? await helpFromThePage(scene, token) : null;
  if (byHand !== null) {
    const verdict = 'a person saw who it was and freed the line';
    return { explanation, rescued: null, freedBy: `${byHand} took the lease back`, verdict };
  }
  const [first] = explanation?.findings ?? [];
  const rescued = first === undefined ? null : await rescue(scene, rescuer, first, 'a drill: everybody waits for it');
  const freedBy = `${rescuer.agentId}, no operator, had the lease taken back`;
  return { explanation, rescued, freedBy, verdict: 'a fresh agent saw who it was and freed the line' };
}

/** Who took it; null when nobody did in time. */
async function helpFromThePage(scene: Scene, token: number): Promise<string | null> {
  scene.tell('It is your turn: see who is silent on the page, and help. In three minutes a fresh agent does.', 'bad');
  const isEnd = (event: FeedEvent): boolean => isOf(event, 'lease.revoked') && event.token === token;
  const ended = await scene.watch.seen(token, isEnd, BY_HAND_MS);
  return ended?.actor ?? null;
}

/** Long enough to look around, shorter than the lease. */
const BY_HAND_MS = 180_000;

/** Nobody beside another, nobody before another. */
async function inTurn(scene: Scene): Promise<readonly Promised[]> {
  const sections = await sectionsIn(scene);
  const overlaps = overlapsIn(sections);
  const skipped = grantsOutOfTurn(scene.watch.events);
  return [
    {
      id: 'one-at-a-time',
      text: 'No two agents are ever inside the same file',
      kept: overlaps.length === 0 && sections.length > 0,
      measured: `${overlaps.length} overlaps of ${sections.length} critical sections`,
    },
    {
      id: 'fair-line',
      text: 'First come, first served',
      kept: skipped.length === 0,
      measured: `${skipped.length} grants out of turn`,
    },
  ];
}

/** What the holder of a lease that was taken back is told when it writes. */
export function oldToken(late: Told): Promised {
  return {
    id: 'old-token',
    text: 'The old token is refused when its holder comes back',
    kept: !late.ok && late.code === 'TOKEN_STALE',
    measured: late.ok ? 'it was taken' : late.code,
  };
}

function lateText(late: Told): string {
  return late.ok ? 'it is taken' : `${late.message} (${late.code})`;
}
