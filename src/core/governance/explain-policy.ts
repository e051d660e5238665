// Why an agent is treated as it is: each setting with its value, and who said so.

import { DEFAULT_POLICY, layersFor, type Policy } from './policy.ts';
import { POLICY_SETTINGS, SETTING_NAMES, type SettingName, type SettingValue, settingOf } from './policy-settings.ts';

export interface ExplainedSetting {
  readonly name: SettingName;
  readonly value: SettingValue;
  readonly from: 'default' | 'policy' | 'pattern';
  /** The pattern that says so. */
  readonly pattern: string | null;
  readonly default: SettingValue;
  readonly means: string;
  /** Why the default is what it is. */
  readonly why: string;
}

/** Every setting as it holds for this agent; for one that no pattern names, where `agentId` is null. */
export function explainPolicy(policy: Policy | null, agentId: string | null): readonly ExplainedSetting[] {
  const layers = layersFor(policy, agentId);
  return SETTING_NAMES.map((name) => {
    const { means, why } = POLICY_SETTINGS[name];
    const layer = layers.findLast(({ says }) => settingOf(says, name) !== undefined);
    const value = settingOf(layer?.says ?? DEFAULT_POLICY, name) as SettingValue;
    const from = layer === undefined ? 'default' : layer.pattern === null ? 'policy' : 'pattern';
    const fallback = settingOf(DEFAULT_POLICY, name) as SettingValue;
    return { name, value, from, pattern: layer?.pattern ?? null, default: fallback, means, why };
  });
}
