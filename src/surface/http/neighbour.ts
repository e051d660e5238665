// Who has the port that this server was to have? Another Brigade server says so itself.

import { storeUrlOf } from '../../app/store-url.ts';
import { type Fleet, hasher } from '../../compose.ts';

/** `same`, `other`: a Brigade server, of this very fleet or of another one. */
export type Neighbour = { readonly kind: 'same' | 'other'; readonly version: string } | { readonly kind: 'stranger' };

/** Told at `/healthz`, so that two servers know whether they serve the same log without saying where it lies. */
export function fleetMark({ host, place }: Pick<Fleet, 'host' | 'place'>): string {
  const { value: store } = host.settings.store;
  // A log in memory has no other name than that of whoever keeps it.
  const log = store.kind === 'memory' ? `${process.pid} ${host.workspace.root}` : storeUrlOf(store);
  return hasher.sha256Hex('brigade fleet mark\n', `${place.placeId}\n${log}`).slice(0, 16);
}

/** Longer than a server of this host takes that is well. */
const PATIENCE_MS = 1_000;

export async function neighbourAt(url: string, ownMark: string): Promise<Neighbour> {
  const said = await healthOf(url);
  if (said?.service !== 'brigade') return { kind: 'stranger' };
  return { kind: said.fleet === ownMark ? 'same' : 'other', version: String(said.version).slice(0, 40) };
}

async function healthOf(url: string): Promise<Readonly<Record<string, unknown>> | null> {
  try {
    const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(PATIENCE_MS), redirect: 'error' });
    const body: unknown = await answer.json();
    return typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>) : null;
  } catch {
    // Whoever does not speak HTTP there is a stranger too.
    return null;
  }
}
