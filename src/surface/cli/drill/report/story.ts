// What happened, in sentences. Each is made from what was measured, and says so where something was not seen.

import { counted, timesText } from '../../../../core/view/count-text.ts';
import { SCALE } from '../scale.ts';
import type { Figures } from './figures.ts';
import type { Rescue } from './incident.ts';
import { listed, seconds } from './words.ts';

/** Paragraphs, each a list of sentences with full stops. */
export function storyOf(figures: Figures): readonly (readonly string[])[] {
  return [evening(figures), freeze(figures), comeBack(figures), loss(figures), crossing(figures)].filter(
    (paragraph) => paragraph.length > 0,
  );
}

function evening({ agents, tally, sections, overlaps }: Figures): readonly string[] {
  const here = agents.filter(({ agentId }) => agentId !== null);
  return [
    `${counted(here.length, 'agent')} made ${counted(tally.made, 'update')} of one shared file, each by reading it, changing it and writing it whole.`,
    `${tally.kept} of ${tally.made} are in it.`,
    `They went into their files ${timesText(sections)}, and ${overlaps.length === 0 ? 'no two were ever inside at once' : `two were inside at once ${timesText(overlaps.length)}`}.`,
  ];
}

function freeze({ freeze: frozen, longestWait, rescue }: Figures): readonly string[] {
  if (frozen === null) return ['No holder stood still: the drill did not get that far.'];
  const { agentId, token, named, ended, next, stoppedMs } = frozen;
  const sentences = [`${agentId} was stopped with the lock in its hand (token ${token}), just before it wrote.`];
  if (named !== null)
    sentences.push(
      `${seconds(named.atMs - stoppedMs)} later ${named.by}, waiting behind it, was told that the holder's process is stopped.`,
    );
  if (ended === null) sentences.push('Its lease did not end.');
  else
    sentences.push(
      `Its lease (TTL ${seconds(SCALE.ttlMs)}) ran out ${seconds(ended.atMs - stoppedMs)} after the stop${next === null ? '' : `; ${next.agentId} had the lock ${seconds(next.atMs - ended.atMs)} after that, under token ${next.token}`}.`,
    );
  if (longestWait !== null) {
    const behind = longestWait.behind === null ? '' : ` behind ${longestWait.behind}`;
    sentences.push(
      `The longest wait of the whole drill was ${longestWait.agentId}'s: ${seconds(longestWait.waitedMs)}${behind}.`,
    );
  }
  return [...sentences, ...(rescue === null ? [] : rescued(rescue, ended?.atMs ?? Number.POSITIVE_INFINITY))];
}

function rescued({ agentId, joinedMs, sentences, made }: Rescue, endedMs: number): readonly string[] {
  const moved = endedMs <= joinedMs ? 'the line had moved on by itself' : 'everybody still waited';
  return [
    `When ${agentId} came, ${moved}; it saw: "${sentences.join(' ')}"`,
    `It made ${counted(made, 'update')} while the holder still stood.`,
  ];
}

function comeBack({ freeze: frozen, agents }: Figures): readonly string[] {
  if (frozen === null || frozen.resumedMs === null) return [];
  const own = agents.find(({ role }) => role === 'frozen');
  const { agentId, refused, wroteStale, othersMade, slowestAnswerMs } = frozen;
  const told =
    refused.length === 0
      ? `${agentId} woke up and nothing was refused to it.`
      : `${agentId} woke up and went on with its old token: ${listed(refused.map(({ tool }) => tool))} ${refused.length === 1 ? 'was' : 'were'} refused (TOKEN_STALE), ${wroteStale ? 'but it had written' : 'before it touched the file'}.`;
  return [
    `Meanwhile the others had made ${counted(othersMade, 'update')}; no call that waits for nobody took longer than ${seconds(slowestAnswerMs)}.`,
    told,
    `It took the lock again and ended with ${own?.kept ?? 0} of ${own?.quota ?? 0} updates.`,
  ];
}

function loss({ loss: lost }: Figures): readonly string[] {
  if (lost === null) return [];
  const { agentId, next, killedMs, lostMs } = lost;
  if (next === null) return [`${agentId} was killed with the lock in its hand, and nobody was granted it.`];
  const found = lostMs === null ? '' : `, was found dead after ${seconds(lostMs - killedMs)}`;
  return [
    `${agentId} was killed with the lock in its hand${found}, and ${next.agentId} had the lock ${seconds(next.atMs - killedMs)} after the kill.`,
  ];
}

function crossing({ crossing: crossed, core }: Figures): readonly string[] {
  if (crossed === null) return [];
  const { agents, aborted } = crossed;
  const pair = listed(agents);
  if (aborted === null) return [`${pair} took two files in opposite order, and nobody was told of a deadlock.`];
  const signed = (names: readonly string[]): boolean => agents.every((agent) => names.includes(agent));
  const both = signed(core.signedBy) && signed(core.serverSignedBy);
  return [
    `${pair} took two files in opposite order.`,
    `${aborted.agentId}, whose request would have closed the circle, was answered after ${seconds(aborted.tookMs)}: "${aborted.message}"`,
    `${both ? 'It let go, asked for both at once, and in the end both had edited both files' : 'In the end not both had edited both files'}; the core file has ${core.lines} lines.`,
  ];
}
