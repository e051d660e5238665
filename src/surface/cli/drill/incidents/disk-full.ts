// The disk under the log is full: writers are told why at once, reading goes on, nothing that was acknowledged is lost, and when
// there is room again it goes on by itself. SQLite itself refuses to let the log grow (`max_page_count`), in the processes of
// this drill alone.

import { setTimeout as pause } from 'node:timers/promises';
import { counted } from '../../../../core/view/count-text.ts';
import { type JournalLine, type LineOf, linesOf, parseJournal } from '../journal.ts';
import { NO_FAULTS } from '../rehearsal/faults.ts';
import type { Promised } from '../report/promises.ts';
import { seconds } from '../report/words.ts';
import type { Incident, Played } from './incident.ts';
import { namesText } from './names.ts';
import { explain } from './rescuer.ts';
import { ALERT_COMES_MS, type Cook, type Scene } from './scene.ts';

const LOAD_MS = 1_000;
/** Until the room is used up that the last pages still had: small things fit in there for a moment. */
const LAST_ROOM_MS = 1_000;
/** An outage of the log is worth telling after this. */
const WORTH_TELLING_MS = 3_000;
const FULL_MS = LAST_ROOM_MS + WORTH_TELLING_MS + 500;
const BYTES = 6_000;

export const diskFull: Incident = {
  name: 'disk-full',
  title: 'A full disk under the log',
  rehearses: 'The log cannot grow any more while everybody writes, and later there is room again.',
  needs: 'a log in SQLite',
  signals: false,
  takesMs: 12_000,
  agents: { least: 2, usual: 4, most: 12 },
  policy: {},
  faulty: true,
  needsFile: true,
  play,
};

async function play(scene: Scene): Promise<Played> {
  await scene.everybodyJoins();
  const writers = scene.cooks.slice();
  const keyOf = (cook: Cook): string => `work/${cook.agentId}`;
  const load = writers.map((cook) => scene.begin(cook, { do: 'load', key: keyOf(cook), pauseMs: 10, bytes: BYTES }));
  scene.tell(`${namesText(writers.map(({ agentId }) => agentId))} write governed state, each under a lock of its own`);
  const looker = await scene.sendIn('rescue', { looksOnly: true });
  await pause(LOAD_MS);
  const [causeMs, causeSeq] = [scene.nowMs(), scene.seen];
  const refusals = writers.map((cook) => scene.noted(cook, 'hear of it', isNoRoom));
  scene.sufferAll({ ...NO_FAULTS, isFull: true });
  scene.tell('From now on the log cannot grow: SQLite refuses each page that it would need', 'bad');
  const heard = (await Promise.all(refusals)) as readonly LineOf<'refused'>[];
  scene.tell(`Everybody hears it: ${heard[0]?.message ?? ''} (${heard[0]?.code ?? ''})`, 'good');
  const read = await scene.call(looker, 'get_state', { prefix: 'work/', limit: 50 });
  scene.tell(
    `Reading goes on: ${read.ok ? `${counted(entriesIn(read.reply), 'value')} of ${writers.length}` : read.message}`,
    read.ok ? 'good' : 'bad',
  );
  await pause(LAST_ROOM_MS);
  const explanation = await explain(scene, looker);
  await pause(Math.max(0, causeMs + FULL_MS - scene.nowMs()));
  const [blockedSeq, fullMs] = [scene.fleet.coordinator.health().head.seq, scene.nowMs() - causeMs];
  scene.sufferAll(NO_FAULTS);
  scene.tell('There is room again');
  await scene.alert('store_trouble', causeSeq, ALERT_COMES_MS);
  await Promise.all(
    writers.map((cook) =>
      scene.next(`${cook.agentId} to write again`, 'state.put', blockedSeq, ({ key }) => key === keyOf(cook)),
    ),
  );
  scene.tell('Everybody writes again, without having been started anew', 'good');
  await pause(LOAD_MS / 2);
  for (const cook of writers) cook.goOn();
  await scene.allOf(load, 'everybody to stop');
  const journals = await Promise.all(writers.map(async (cook) => parseJournal((await scene.journalOf(cook)) ?? '')));
  return {
    causeMs,
    causeSeq,
    alert: {
      code: 'store_trouble',
      thresholdMs: fullMs,
      because: `nothing can be logged while it lasts, ${seconds(fullMs)} here; the first write afterwards tells it`,
      names: [],
    },
    rootCause: { codes: ['store_problem'], names: [] },
    reported: ['store_trouble'],
    explanation,
    rescued: null,
    blocked: writers.map((cook) => ({ agentId: cook.agentId, resource: `task:${keyOf(cook)}` })),
    blockedSeq,
    freedBy: 'they went on by themselves when there was room',
    promises: [told(heard, causeMs), readsGoOn(read.ok), await valuesKept(scene, looker, writers, journals)],
    verdict: `The disk was full for ${seconds(fullMs)}: every writer was told so and why, reading went on, and afterwards all went on by themselves with nothing missing of what had been acknowledged.`,
  };
}

function isNoRoom(line: JournalLine): boolean {
  return line.what === 'refused' && line.code === 'STORE_UNAVAILABLE';
}

function told(heard: readonly LineOf<'refused'>[], causeMs: number): Promised {
  const clear = heard.filter(({ message }) => /the disk (is|may be) full/.test(message));
  return {
    id: 'told',
    text: 'Every writer hears STORE_UNAVAILABLE, and why',
    kept: clear.length === heard.length && heard.length > 0,
    measured: `${clear.length} of ${heard.length}, the last after ${seconds(Math.max(...heard.map(({ atMs }) => atMs)) - causeMs)}`,
  };
}

function readsGoOn(isRead: boolean): Promised {
  return {
    id: 'reads-go-on',
    text: 'Reading goes on meanwhile',
    kept: isRead,
    measured: isRead ? 'answered' : 'refused',
  };
}

/** The last value that each was told is kept is the one that is there, or a later one. */
async function valuesKept(
  scene: Scene,
  looker: Cook,
  writers: readonly Cook[],
  journals: readonly (readonly JournalLine[])[],
): Promise<Promised> {
  const read = await scene.call(looker, 'get_state', { prefix: 'work/', limit: 50 });
  const entries = (read.ok ? read.reply.entries : []) as readonly { readonly key: string; readonly version: number }[];
  const versions = new Map(entries.map(({ key, version }) => [key, version]));
  const kept = writers.filter((cook, i) => {
    const last = linesOf(journals[i] ?? [], 'wrote').at(-1)?.version ?? 0;
    return last > 0 && (versions.get(`work/${cook.agentId}`) ?? 0) >= last;
  });
  return {
    id: 'values-kept',
    text: 'What each was told last is what is there',
    kept: kept.length === writers.length,
    measured: `${kept.length} of ${writers.length}`,
  };
}

function entriesIn({ entries }: Readonly<Record<string, unknown>>): number {
  return Array.isArray(entries) ? entries.length : 0;
}
