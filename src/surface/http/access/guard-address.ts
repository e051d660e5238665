// May this server listen where it was told to? On this host alone, always. Where others reach it, only with a join token, so
// that not everybody who does may act; and with TLS, or the word of whoever starts it that something else keeps the way safe.

import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { secretHash } from '../../../app/credentials.ts';
import type { Fleet } from '../../../compose.ts';
import { isRejection } from '../../../core/rejection.ts';
import type { Tls } from '../listen.ts';
import { ServeFault } from '../serve-fault.ts';
import type { AccessSettings } from './access-settings.ts';
import { isLoopback } from './bind-address.ts';

/** What whoever starts it says of how it is reached. */
export interface AccessAsked {
  /** Names besides its address under which it is reached. */
  readonly names?: readonly string[] | undefined;
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  /** Other hosts may talk to it in the clear. */
  readonly allowsClear?: boolean | undefined;
  readonly limitsRates?: boolean | undefined;
}

export interface Guarded {
  readonly access: AccessSettings;
  readonly tls: Tls | null;
  /** Other hosts reach it. */
  readonly isOpen: boolean;
  readonly warnings: readonly string[];
}

/** Throws `ServeFault` where it must not listen so. */
export async function guardAddress(fleet: Fleet, asked: AccessAsked): Promise<Guarded> {
  const bind = fleet.host.settings.host.value;
  const tls = readTls(asked);
  const isOpen = !isLoopback(bind);
  const { names = [], limitsRates = true } = asked;
  for (const name of names) checkName(name);
  const access = { bind, names, isSecure: tls !== null, limitsRates };
  if (!isOpen) return { access, tls, isOpen, warnings: [] };
  if (tls === null && asked.allowsClear !== true) throw inTheClear(bind);
  if (!(await hasJoinToken(fleet))) throw withoutJoinToken(bind);
  const open = `Other hosts reach this server at ${bind}. Whoever has the join token may register there.`;
  const clear = 'It speaks no TLS: whoever is on the way reads handles and tokens, and can act with them.';
  return { access, tls, isOpen, warnings: tls === null ? [open, clear] : [open] };
}

const NAME = /^[A-Za-z0-9.:[\]_-]{1,253}$/;

function checkName(name: string): void {
  if (NAME.test(name)) return;
  throw new ServeFault({
    message: `${JSON.stringify(name.slice(0, 100))} is no name of a host.`,
    next: 'Give --allow-host a name or an address, without a port.',
  });
}

function readTls({ tlsCert, tlsKey }: AccessAsked): Tls | null {
  if (tlsCert === undefined && tlsKey === undefined) return null;
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new ServeFault({
      message: 'A certificate is of use only with its key.',
      next: 'Give both, --tls-cert FILE and --tls-key FILE.',
    });
  }
  try {
    const tls = { cert: readFileSync(tlsCert), key: readFileSync(tlsKey) };
    createSecureContext(tls);
    return tls;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const next = 'Give PEM files that this user may read, and that belong together.';
    throw new ServeFault({ message: `The certificate or its key cannot be used: ${why.slice(0, 300)}.`, next }, error);
  }
}

/** The user's own, and still that of the fleet. */
async function hasJoinToken({ seatPorts, coordinator }: Fleet): Promise<boolean> {
  const fleetId = await seatPorts.found();
  if (isRejection(fleetId)) throw new ServeFault({ message: fleetId.message, next: fleetId.next });
  const token = await seatPorts.stateFolderOf(fleetId).token('join');
  if (token === null) return false;
  return coordinator.view({ kind: 'token', which: 'join', tokenHash: secretHash(seatPorts.hasher, token) });
}

function inTheClear(bind: string): ServeFault {
  return new ServeFault({
    message: `At ${bind} other hosts would reach this server without TLS, and whoever is on the way would read handles and tokens.`,
    next: 'Give --tls-cert FILE and --tls-key FILE; or --insecure-http where something before it speaks TLS, or the network is yours alone.',
  });
}

function withoutJoinToken(bind: string): ServeFault {
  return new ServeFault({
    message: `At ${bind} other hosts would reach this server, and this fleet has no join token that says who may register.`,
    next: 'Make one with `brigade token join`, in a terminal, and start again.',
  });
}
