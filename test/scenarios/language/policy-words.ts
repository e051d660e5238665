// A policy in the words of a table.
//
//   onPause=release evidence.pauseFailures=2 archive.silentMs=1h archive=never bo*:estimator=eisv-v1
//
// A word before a colon is the pattern of the agents that it is said of. `defaults` says nothing: what is in force is the
// default.

import type { Policy } from '../../../src/core/governance/policy.ts';
import { readDuration } from './table.ts';

type Layer = Record<string, unknown>;

/** The policy that these words say. */
export function policyOf(words: readonly string[]): Policy {
  const policy: Layer = {};
  const agents: Record<string, Layer> = {};
  for (const word of words.filter((each) => each !== 'defaults')) {
    const [, pattern, name = '', value = ''] = /^(?:([^:=]+):)?([^=]+)=(.*)$/.exec(word) ?? [];
    if (name === '') throw new Error(`"${word}" is no setting`);
    const layer = pattern === undefined ? policy : (agents[pattern] ?? {});
    if (pattern !== undefined) agents[pattern] = layer;
    const [group = '', setting] = name.split('.');
    if (setting === undefined) layer[group] = settingOf(value);
    else layer[group] = { ...(layer[group] as Layer | undefined), [setting]: settingOf(value) };
  }
  return Object.keys(agents).length === 0 ? policy : { ...policy, agents };
}

function settingOf(text: string): unknown {
  if (text === 'never') return null;
  if (text === 'true' || text === 'false') return text === 'true';
  return readDuration(text) ?? (Number.isNaN(Number(text)) ? text : Number(text));
}
