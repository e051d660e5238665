import { describe, expect, it } from 'vitest';
import { parsePs, readPs, readPsSoon } from './ps-rows.ts';

describe('the output of ps', () => {
  it('is read as macOS prints it', () => {
    const rows = parsePs(
      [
        '    1     0     1 Ss   Sat Nov  1 09:05:12 2025     /sbin/launchd',
        '  501     1   501 S+   Sun Nov 22 23:25:07 2026     node /a b/brigade.js mcp',
        '  502   501   501 T    Sun Nov 22 23:25:08 2026     sleep 60',
        '  503   501   501 Z    Sun Nov 22 23:25:09 2026     <defunct>',
        'nonsense',
        '',
      ].join('\n'),
    );
    expect([...rows.values()]).toEqual([
      row(1, 0, 1, 'Sat Nov 1 09:05:12 2025', 'alive', '/sbin/launchd'),
      row(501, 1, 501, 'Sun Nov 22 23:25:07 2026', 'alive', 'node /a b/brigade.js mcp'),
      row(502, 501, 501, 'Sun Nov 22 23:25:08 2026', 'stopped', 'sleep 60'),
      row(503, 501, 501, 'Sun Nov 22 23:25:09 2026', 'dead', '<defunct>'),
    ]);
  });

  it.runIf(process.platform !== 'win32')('tells the same whatever the language and time zone', async () => {
    const before = readPs([process.pid]).get(process.pid);
    process.env.TZ = 'Asia/Tokyo';
    process.env.LC_ALL = 'de_DE.UTF-8';
    const after = (await readPsSoon([process.pid])).get(process.pid);
    delete process.env.TZ;
    delete process.env.LC_ALL;
    expect(before?.startTime).toMatch(/^\w{3} \w{3} \d+ [\d:]{8} \d{4}$/);
    expect(after?.startTime).toBe(before?.startTime);
  });

  it.runIf(process.platform !== 'win32')('names those that are there when others are gone', () => {
    expect([...readPs([process.pid, 2 ** 22 - 1]).keys()]).toEqual([process.pid]);
  });
});

function row(pid: number, parentPid: number, groupId: number, startTime: string, state: string, name: string) {
  return { pid, startTime, parentPid, groupId, state, name };
}
