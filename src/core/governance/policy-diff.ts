// What one policy changes in another, one line for each setting, as people compare them.

import { LIMITS } from '../limits.ts';
import type { Policy } from './policy.ts';

/**
 * Lines such as `evidence.pauseFailures: 5 -> 3`, in the order of their names; empty when both say the same. The lines are part
 * of an event, so there are `LIMITS.policyDiffLines` at most, and the last one then tells how many are left out.
 */
export function policyDiff(before: Policy, after: Policy): readonly string[] {
  const lines = differences(before, after);
  const shown = lines.slice(0, LIMITS.policyDiffLines - 1);
  return lines.length <= LIMITS.policyDiffLines
    ? lines
    : [...shown, `and ${lines.length - shown.length} settings more`];
}

function differences(before: Policy, after: Policy): readonly string[] {
  const [was, is] = [settingsOf(before), settingsOf(after)];
  const names = [...new Set([...was.keys(), ...is.keys()])].toSorted();
  const lines = names.flatMap((name) => {
    const [from, to] = [was.get(name), is.get(name)];
    return from === to ? [] : [`${name}: ${from ?? '(default)'} -> ${to ?? '(default)'}`];
  });
  const order = (policy: Policy): string => JSON.stringify(Object.keys(policy.agents ?? {}));
  const isReordered = lines.length === 0 && order(before) !== order(after);
  return isReordered ? [`agents: order ${order(before)} -> ${order(after)}`] : lines;
}

function settingsOf(policy: Policy): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  const walk = (value: unknown, path: readonly string[]): void => {
    const isBranch = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
    if (!isBranch) {
      // Only `archive` may be null: no silence is long enough then.
      const at = value === null ? [...path, 'silentMs'] : path;
      if (at.length > 0) settings.set(settingName(at), JSON.stringify(value));
      return;
    }
    for (const [key, below] of Object.entries(value)) walk(below, [...path, key]);
  };
  walk(policy, []);
  return settings;
}

/** The name of a setting as people read it: `agents["bot_*"].evidence.pauseFailures`. Patterns may contain dots. */
export function settingName(path: readonly string[]): string {
  return path
    .map((part, i) => (/^[\w$-]+$/.test(part) ? `${i === 0 ? '' : '.'}${part}` : `[${JSON.stringify(part)}]`))
    .join('');
}
