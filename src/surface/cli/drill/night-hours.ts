// The hours of 19 and 20 November 2025, from the founding incident. The drill marks in its log where each has its equal.

export const HOURS = ['23:25', '23:50', '23:52', '00:25', '00:30', '01:00'] as const;

export type Hour = (typeof HOURS)[number];

/** What happened then, that night. */
export const THAT_NIGHT: Readonly<Record<Hour, string>> = {
  '23:25': 'claude_chat hangs "acquiring the state lock"; its session no longer answers',
  '23:50': 'a rescue agent with an identity of its own is started and looks around',
  '23:52': 'claude_chat answers again; the cause is not known',
  '00:25': 'composer_cursor_v1.0.3 is seen active: it had been concurrent all along',
  '00:30': 'declared closed, with "no data loss"',
  '01:00': 'second incident: an agent replaces the 500-line core file by 20 lines',
};

/** How long `claude_chat` stood still that night, and everybody who needed the lock with it. */
export const FROZEN_THAT_NIGHT_MS = 25 * 60_000;
/** From the freeze to the report, which people wrote by hand. */
export const REPORTED_THAT_NIGHT_MS = 60 * 60_000;

export function isHour(label: string): label is Hour {
  return (HOURS as readonly string[]).includes(label);
}
