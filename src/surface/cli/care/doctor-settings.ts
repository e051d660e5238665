// What `doctor` says about how the settings were given: a secret that others can read is a finding.

import type { SettingRemark } from '../../../app/settings.ts';
import type { Checked } from './doctor-report.ts';

/** Nothing where there is nothing to say. */
export function checkSettings(remarks: readonly SettingRemark[]): readonly Checked[] {
  if (remarks.length === 0) return [];
  const findings = remarks.filter(({ code }) => code === 'SECRET_IN_FILE');
  const notes = remarks.filter(({ code }) => code !== 'SECRET_IN_FILE');
  return [{ name: 'settings', detail: remarks.map(({ where }) => where).join(', '), findings, notes }];
}
