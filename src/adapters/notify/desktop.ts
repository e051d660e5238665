// The program that shows a notification on this desktop. Texts are arguments or environment and never part of a script.

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { OutgoingMessage } from '../../core/delivery/message.ts';

export interface Desktop {
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const MAC_SCRIPT = [
  '-e',
  'on run argv',
  '-e',
  'display notification (item 2 of argv) with title (item 1 of argv)',
  '-e',
  'end run',
];

const WINDOWS_SCRIPT = [
  '[void][Windows.UI.Notifications.ToastNotificationManager,Windows.UI.Notifications,ContentType=WindowsRuntime]',
  '$t=[Windows.UI.Notifications.ToastNotificationManager]::GetTemplateContent(1)',
  '$n=$t.GetElementsByTagName("text")',
  '[void]$n.Item(0).AppendChild($t.CreateTextNode("Brigade: " + $env:BRIGADE_ALERT_CODE))',
  '[void]$n.Item(1).AppendChild($t.CreateTextNode($env:BRIGADE_ALERT_SENTENCE))',
  '[Windows.UI.Notifications.ToastNotificationManager]::CreateToastNotifier("Brigade").Show([Windows.UI.Notifications.ToastNotification]::new($t))',
].join(';');

/** The program, or why there is none, in a plain sentence. */
export function desktopProgram(
  { platform, env }: Desktop,
  { code, severity, sentence }: Pick<OutgoingMessage, 'code' | 'severity' | 'sentence'>,
): readonly [string, ...string[]] | string {
  const title = `Brigade: ${code}`;
  switch (platform) {
    case 'darwin':
      return found('osascript', env) ?? ['osascript', ...MAC_SCRIPT, title, sentence];
    case 'win32':
      return (
        found('powershell.exe', env) ?? ['powershell.exe', '-NoProfile', '-NonInteractive', '-Command', WINDOWS_SCRIPT]
      );
    default: {
      if ((env.DBUS_SESSION_BUS_ADDRESS ?? env.DISPLAY ?? env.WAYLAND_DISPLAY ?? '') === '')
        return 'No desktop session is known to this process.';
      const urgency = severity === 'critical' ? 'critical' : 'normal';
      return found('notify-send', env) ?? ['notify-send', '-a', 'Brigade', '-u', urgency, '--', title, sentence];
    }
  }
}

/** Null where the program is on the PATH, else a sentence. */
function found(program: string, { PATH = '' }: Desktop['env']): string | null {
  const isThere = PATH.split(delimiter).some((folder) => folder !== '' && canRun(join(folder, program)));
  return isThere ? null : `There is no ${program} on the PATH of this process.`;
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
