// This process's own place. A place is known by four parts; where the platform has no such part it says `none`:
//
//             machine                          boot                      pid and time namespace
//   Linux     /etc/machine-id                  kernel's boot id          /proc/self/ns
//   macOS     IOPlatformUUID                   kern.bootsessionuuid      none
//   Windows   MachineGuid of the registry      BootId of the registry    none
//
// A machine without an id gets a random one in the user's state folder, or goes by its name where that cannot be kept.
// Two containers of one host differ by their pid namespace. A container that is started anew may get the number of an old
// namespace again; processes are then still told apart by their start times.

import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Place } from '../../ports/place.ts';
import { SetupFault } from '../../ports/setup-fault.ts';
import { errorCode } from './error-code.ts';
import { nodeHasher } from './node-hasher.ts';
import { createPrivateFile, ensurePrivateFolder, readPrivateFile } from './private-files.ts';
import { randomIds } from './random-ids.ts';
import type { Environment } from './state-base.ts';

const NONE = 'none';
/** A system tool that takes longer is not waited for. */
const PATIENCE_MS = 2000;

/**
 * The place of this process. `BRIGADE_PLACE`, for tests only, makes it another host of that name: one kernel then plays
 * several. `NAME/BOOT` is another boot of the host NAME.
 */
export async function findPlace(env: Environment, base: string): Promise<Place> {
  const pretended = env.BRIGADE_PLACE === undefined || env.BRIGADE_PLACE === '' ? null : env.BRIGADE_PLACE;
  const [machineId, bootId, pidNamespace, timeNamespace] = await Promise.all([
    pretended === null ? systemMachineId().then((id) => machineIdOf(id, base)) : `test-${pretended.split('/')[0]}`,
    pretended === null ? findBootId() : `test-${pretended}`,
    namespaceOf('pid'),
    namespaceOf('time'),
  ]);
  const digest = nodeHasher.sha256Hex(JSON.stringify([machineId, bootId, pidNamespace, timeNamespace]));
  const hostName = pretended?.split('/')[0] ?? hostname();
  // It stands in the log, and the id of a machine is not everybody's business.
  const machine = `m_${nodeHasher.sha256Hex(JSON.stringify(['brigade machine', machineId])).slice(0, 24)}`;
  return { placeId: `p_${digest.slice(0, 24)}`, machineId: machine, bootId, pidNamespace, timeNamespace, hostName };
}

/** The id of the system, else the one kept in `base` (made now if need be), else the name of the host. */
export async function machineIdOf(system: string | null, base: string): Promise<string> {
  return system ?? (await keptMachineId(base)) ?? `host-${hostname()}`;
}

async function systemMachineId(): Promise<string | null> {
  if (process.platform === 'darwin') {
    return parseIoreg(await outputOf('ioreg', ['-rd1', '-c', 'IOPlatformExpertDevice']));
  }
  if (process.platform === 'win32') {
    return parseRegistry(
      await outputOf('reg', ['query', 'HKLM\\SOFTWARE\\Microsoft\\Cryptography', '/v', 'MachineGuid']),
    );
  }
  return parseMachineId((await textOf('/etc/machine-id')) ?? (await textOf('/var/lib/dbus/machine-id')));
}

async function findBootId(): Promise<string> {
  if (process.platform === 'darwin') return (await outputOf('sysctl', ['-n', 'kern.bootsessionuuid'])) ?? NONE;
  if (process.platform === 'win32') {
    return parseRegistry(await outputOf('reg', ['query', WINDOWS_BOOT_KEY, '/v', 'BootId'])) ?? NONE;
  }
  return (await textOf('/proc/sys/kernel/random/boot_id')) ?? NONE;
}

const WINDOWS_BOOT_KEY =
  'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management\\PrefetchParameters';

/** Null while the first boot of an image has not made one yet. */
export function parseMachineId(text: string | null): string | null {
  return text !== null && /^[0-9a-f]{32}$/.test(text) ? text : null;
}

export function parseIoreg(output: string | null): string | null {
  return /"IOPlatformUUID"\s*=\s*"([0-9A-Fa-f-]{36})"/.exec(output ?? '')?.[1] ?? null;
}

/** The value in the answer of `reg query KEY /v NAME`. */
export function parseRegistry(output: string | null): string | null {
  return /\sREG_(?:SZ|DWORD)\s+(\S+)/.exec(output ?? '')?.[1] ?? null;
}

async function keptMachineId(base: string): Promise<string | null> {
  const path = join(base, 'machine-id');
  try {
    const kept = await readPrivateFile(path);
    if (kept !== null && kept !== '') return kept;
    await ensurePrivateFolder(base);
    await createPrivateFile(path, randomIds.newId('m'));
    return await readPrivateFile(path);
  } catch (error) {
    // Without a folder to keep it in, the host's name must do.
    if (error instanceof SetupFault || errorCode(error) !== '') return null;
    throw error;
  }
}

async function namespaceOf(kind: 'pid' | 'time'): Promise<string> {
  try {
    return await readlink(`/proc/self/ns/${kind}`);
  } catch {
    return NONE;
  }
}

async function textOf(path: string): Promise<string | null> {
  try {
    const text = (await readFile(path, 'utf8')).trim();
    return text === '' ? null : text;
  } catch {
    return null;
  }
}

async function outputOf(command: string, args: readonly string[]): Promise<string | null> {
  // Loaded only where a tool is needed: it takes 4 ms of every start.
  const { execFile } = await import('node:child_process');
  return new Promise((resolve) => {
    execFile(command, args, { encoding: 'utf8', timeout: PATIENCE_MS }, (error, output) => {
      const text = output.trim();
      resolve(error === null && text !== '' ? text : null);
    });
  });
}
