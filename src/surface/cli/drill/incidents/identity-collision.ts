// Several terminals choose the same name. That night they would have been one agent; here each is somebody of its own, and
// nobody loses anything by it.

import { counted } from '../../../../core/view/count-text.ts';
import { linesOf, parseJournal } from '../journal.ts';
import type { Told } from '../protocol.ts';
import type { Promised } from '../report/promises.ts';
import { CORE_FILE } from '../workspace-files.ts';
import type { Incident, Played } from './incident.ts';
import { namesText } from './names.ts';
import { explain } from './rescuer.ts';
import { ALERT_COMES_MS, type Cook, type Scene } from './scene.ts';

const ID = 'build_bot';
const FILE = `file:${CORE_FILE}`;

export const identityCollision: Incident = {
  name: 'identity-collision',
  title: 'One name, several terminals',
  rehearses: 'Several terminals ask for the same id while the first of them is at work.',
  needs: 'nothing',
  signals: false,
  takesMs: 4_000,
  agents: { least: 2, usual: 2, most: 8 },
  policy: {},
  asks: (count) => Array.from({ length: count }, () => ({ id: ID })),
  play,
};

async function play(scene: Scene): Promise<Played> {
  const [first, second] = scene.cooks as [Cook, Cook];
  const later = scene.cooks.slice(1);
  scene.tell(`${scene.cooks.length} terminals start, and each wants to be ${ID}`);
  await Promise.all(scene.cooks.map((cook) => cook.start()));
  await scene.register(first);
  const [lease] = await scene.take(first, [FILE], { reason: 'the rules' });
  scene.tell(`${first.agentId} joins and takes ${CORE_FILE}`);
  const [causeMs, causeSeq] = [scene.nowMs(), scene.seen];
  for (const cook of later) {
    await scene.register(cook);
    scene.tell(`another one asks to be ${ID} and is named ${cook.agentId}`, 'good');
  }
  const waits = later.map((cook) => ({ cook, rest: inLine(scene, cook) }));
  await scene.allInLine(later, causeSeq);
  scene.tell(`${namesText(later.map(({ agentId }) => agentId))}: in line for ${CORE_FILE}, as anybody would be`);
  await scene.alert('identity_collision', causeSeq, ALERT_COMES_MS);
  const looker = await scene.sendIn('rescue');
  const explanation = await explain(scene, looker);
  const check = await scene.call(first, 'check_token', { resource: FILE, token: lease?.token ?? 0 });
  await scene.call(first, 'release_lock', { all: true });
  if (await scene.gotOn(waits, 'everybody to get on')) {
    scene.tell(`${first.agentId} had its lock all the time and gives it back; all had their turn`, 'good');
  }
  return {
    causeMs,
    causeSeq,
    alert: {
      code: 'identity_collision',
      thresholdMs: 0,
      because: 'it is told with the registration itself',
      names: [first.agentId, second.agentId],
    },
    rootCause: { codes: ['identity_collision'], names: [first.agentId, second.agentId] },
    reported: [],
    explanation,
    rescued: null,
    blocked: later.map(({ agentId }) => ({ agentId, resource: FILE })),
    freedBy: 'they had their turn when the first was done',
    promises: [siblings(scene.cooks.filter((cook) => cook !== looker)), await warned(scene, later), unharmed(check)],
    verdict: `${counted(scene.cooks.length - 1, 'terminal')} chose one name and are ${scene.cooks.length - 1} agents: each was told so, people were told which they are, and nobody lost a lock by it.`,
  };
}

async function inLine(scene: Scene, cook: Cook) {
  const result = await cook.order({ do: 'acquire', resources: [FILE], reason: 'the rules too', ttlMs: 60_000 });
  await scene.call(cook, 'release_lock', { all: true });
  return result;
}

function siblings(cooks: readonly Cook[]): Promised {
  const names = new Set(cooks.map(({ agentId }) => agentId));
  return {
    id: 'siblings',
    text: 'Each terminal is an agent of its own',
    kept: names.size === cooks.length,
    measured: `${names.size} names for ${cooks.length}: ${namesText([...names])}`,
  };
}

async function warned(scene: Scene, later: readonly Cook[]): Promise<Promised> {
  const heard = await Promise.all(
    later.map(async (cook) => linesOf(parseJournal((await scene.journalOf(cook)) ?? ''), 'registered')),
  );
  const told = heard.filter(([line]) => line?.warnings.some((warning) => warning.includes(ID)) === true);
  return {
    id: 'warned',
    text: 'Whoever comes second is told who has the name',
    kept: told.length === later.length,
    measured: `${told.length} of ${later.length}`,
  };
}

function unharmed(check: Told): Promised {
  const holds = check.ok && check.reply.holds === true;
  return {
    id: 'unharmed',
    text: 'Whoever was there first keeps its name and its lock',
    kept: holds,
    measured: holds ? 'its token holds' : 'its token does not hold any more',
  };
}
