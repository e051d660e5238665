// What one policy changes in another, one line for each setting, as people compare them.

import type { Policy } from './policy.ts';

/** Lines such as `evidence.pauseFailures: 5 -> 3`, in the order of their names; empty when both say the same. */
export function policyDiff(before: Policy, after: Policy): readonly string[] {
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
      if (path.length > 0) settings.set(nameOf(path), JSON.stringify(value));
      return;
    }
    for (const [key, below] of Object.entries(value)) walk(below, [...path, key]);
  };
  walk(policy, []);
  return settings;
}

/** Patterns may contain dots. */
function nameOf(path: readonly string[]): string {
  return path
    .map((part, i) => (/^[\w-]+$/.test(part) ? (i === 0 ? part : `.${part}`) : `[${JSON.stringify(part)}]`))
    .join('');
}
