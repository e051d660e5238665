// Where a server listens. A port that was asked for is had or refused; the default one may be taken by somebody, and then the
// next free one does.

import { hostInUrl, isLoopback } from './access/bind-address.ts';
import { type ListenAt, type Listening, listen } from './listen.ts';
import { type Neighbour, neighbourAt } from './neighbour.ts';
import { ServeFault } from './serve-fault.ts';

export interface Wanted extends ListenAt {
  /** Nobody asked for this very port. */
  readonly mayMove: boolean;
  readonly fleetMark: string;
  /** How it is called besides its address. */
  readonly names?: readonly string[];
}

export interface Found extends Listening {
  readonly url: string;
  /** The port that was wanted, and who has it; null when it was free. */
  readonly taken: Taken | null;
}

export interface Taken {
  readonly port: number;
  readonly url: string;
  readonly by: Neighbour;
}

/** Ports tried behind a default one that is taken. */
const PORTS_TRIED = 20;

/** Throws `ServeFault` where there is no address to be had. */
export async function findAddress(app: Parameters<typeof listen>[0], wanted: Wanted): Promise<Found> {
  let taken: Taken | null = null;
  for (let tried = 0; ; tried += 1) {
    const port = wanted.port + tried;
    try {
      const listening = await listen(app, { ...wanted, port });
      return { ...listening, url: urlOf(wanted, listening.port), taken };
    } catch (error) {
      if (codeOf(error) !== 'EADDRINUSE') throw unusable(wanted, error);
      taken ??= await takenAt(wanted, port);
      if (!wanted.mayMove || tried === PORTS_TRIED) throw isTaken(wanted, taken, error);
    }
  }
}

/** Nobody can connect to "any address": a name is as good, or this host itself. */
function urlOf({ host, tls, names = [] }: Wanted, port: number): string {
  const called = isAny(host) ? (names[0] ?? '127.0.0.1') : host;
  return `${tls == null ? 'http' : 'https'}://${hostInUrl(called)}:${port}`;
}

async function takenAt(wanted: Wanted, port: number): Promise<Taken> {
  const host = isAny(wanted.host) ? '127.0.0.1' : wanted.host;
  const url = `http://${hostInUrl(host)}:${port}`;
  return { port, url, by: await neighbourAt(url, wanted.fleetMark) };
}

function isAny(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function isTaken({ mayMove }: Wanted, { port, url, by }: Taken, cause: unknown): ServeFault {
  const other = mayMove
    ? 'Give a port that is free with --port, or 0 for any.'
    : 'Take another port, or 0 for any free one.';
  if (by.kind === 'same') {
    return new ServeFault(
      { message: `This fleet is served at ${url} already.`, next: `Use that one: nothing else is needed. ${other}` },
      cause,
    );
  }
  const who = by.kind === 'other' ? `a Brigade server of another fleet (${by.version})` : 'another program';
  return new ServeFault({ message: `Port ${port} is taken by ${who}.`, next: other, details: { port } }, cause);
}

const WHY: Readonly<Record<string, string>> = {
  EACCES: 'this user may not listen there; ports below 1024 are for administrators',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no such name',
};

function unusable({ host, port }: Wanted, error: unknown): ServeFault {
  const code = codeOf(error) ?? '';
  const why = WHY[code] ?? (error instanceof Error ? error.message : String(error));
  const next = isLoopback(host) ? 'Give another port with --port.' : 'Give an address of this machine with --host.';
  return new ServeFault({ message: `Cannot listen at ${host}, port ${port}: ${why}.`, next, details: { code } }, error);
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
