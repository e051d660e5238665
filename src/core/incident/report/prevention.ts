// What would have prevented it, or made it shorter: concrete, by cause, with the settings and commands to use.

import { parsed } from '../../lease/parsed.ts';
import { keyCovers } from '../../resource/conflict.ts';
import { durationText } from '../../view/duration-text.ts';
import { oneLine } from '../../view/one-line.ts';
import { resourceText } from '../../view/resource-text.ts';
import type { Cause } from './causes.ts';
import type { Course } from './course.ts';
import { namesText } from './words.ts';

export function preventionOf(course: Course, causes: readonly Cause[]): readonly string[] {
  return [...new Set([...causes.flatMap((cause) => forCause(course, cause)), ...splitting(course)])];
}

function forCause(course: Course, cause: Cause): readonly string[] {
  switch (cause.code) {
    case 'silent_holder':
      return [...shorterTtl(course, cause), REVOKE, ASK];
    case 'session_lost':
      return [
        'Close a session that is no longer needed, or hand its locks over (`brigade handoff`), before its process ends.',
      ];
    case 'paused_holder':
      return ['Let a pause free what the agent holds: `onPause: "release"` in the policy.'];
    case 'deadlock':
      return [oneOrder(course, cause), ONE_SET];
    case 'suspected_deadlock':
    case 'retry_storm':
      return [
        `Stand in line instead of asking again: \`waitMs\` above 0 gives ${namesText(cause.agents)} a place, the turn comes by itself, and a ring is broken at once.`,
      ];
    case 'starvation':
      return [
        'Hold for shorter: release between two steps, or hand the lock to whoever needs it next (`brigade handoff`).',
      ];
    case 'store_trouble':
      return [
        'Look at the disk and at processes that hold the log (`brigade doctor`, `brigade ps`); free space before it runs out.',
      ];
    case 'log_regressed':
      return [
        'Restore a log only while nothing runs, by `brigade store restore`, and take backups by `brigade store backup`.',
      ];
    default:
      return [];
  }
}

const REVOKE =
  'Let the policy take back what a silent holder keeps from others: `silentHolder: { "revoke": true }`. Until then somebody has to look.';
const ASK = 'Ask a holder early: `brigade ask` reaches it with its next call.';
const ONE_SET = 'Or ask for all of it in one acquire: a set is granted whole or not at all, and never held in part.';

/** When a lease of a minute would have ended, where that is sooner than it did. */
function shorterTtl({ holds, material }: Course, { tokens, since }: Cause): readonly string[] {
  const hold = holds.find(({ token }) => token === tokens[0]);
  const ttlMs = hold?.ttlMs ?? null;
  if (hold === undefined || ttlMs === null || ttlMs <= 60_000) return [];
  const { openedAt } = material.view.row;
  const ends = since + 60_000 - openedAt;
  const when = ends <= 0 ? `${durationText(-ends)} before the alert` : `${durationText(ends)} after the alert`;
  return [`A shorter TTL. This lease had ${durationText(ttlMs)}; with 1m00s it would have ended by itself ${when}.`];
}

function oneOrder({ reader }: Course, { agents, resources }: Cause): string {
  const order = [...new Set(resources.map((resource) => resourceText(resource, reader)))].toSorted().join(' before ');
  return `Take them in one order everywhere: ${order}. Then ${namesText(agents)} wait one behind the other, and no ring closes.`;
}

/** A tree, a glob or a whole file was held, and those who waited wanted less of it. */
function splitting({ holds, waits, reader, concern }: Course): readonly string[] {
  const wanted = [...new Set(waits.flatMap(({ resources }) => resources))].slice(0, COMPARED);
  const held = new Map(
    holds.filter(({ resource }) => concern.isAbout(resource)).map((hold) => [hold.resource, hold] as const),
  );
  const wide = [...held.values()]
    .slice(0, COMPARED)
    .find(({ resource }) => wanted.some((each) => isWithin(each, resource)));
  if (wide === undefined) return [];
  const what = resourceText(wide.resource, reader);
  return [`Split the lock: ${oneLine(wide.agentId)} held all of ${what}, and others wanted less of it.`];
}

/** Names that are compared with each other. */
const COMPARED = 300;

function isWithin(part: string, whole: string): boolean {
  return (
    part !== whole && keyCovers(parsed(whole), parsed(part), true) && !keyCovers(parsed(part), parsed(whole), true)
  );
}
