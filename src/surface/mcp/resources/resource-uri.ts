// The addresses of what can be read of a fleet, beside its tools:
//
//   brigade://fleet                  the fleet on one screen
//   brigade://locks                  who holds what, and who waits
//   brigade://locks/{resource}       the same of whatever is in conflict with one resource
//   brigade://agents/{id}            one agent, and what it holds
//   brigade://incidents/{id}         one incident: its alerts, notes, and who was involved
//
// What stands for {resource} and {id} may be percent-encoded or not, as clients like it.

export type ResourceAddress =
  | { readonly kind: 'fleet' | 'locks' }
  | { readonly kind: 'lock'; readonly resource: string }
  | { readonly kind: 'agent'; readonly agentId: string }
  | { readonly kind: 'incident'; readonly incident: number };

/** No name that Brigade takes is longer once it is encoded. */
const URI_CHARACTERS_MAX = 16_384;
const INCIDENT = /^[1-9]\d{0,11}$/;
const URI = /^brigade:\/\/(?<list>fleet|locks|agents|incidents)(?:\/(?<name>.+))?$/s;

/** Null for an address of nothing. */
export function readUri(uri: string): ResourceAddress | null {
  if (uri.length > URI_CHARACTERS_MAX) return null;
  const { list, name } = URI.exec(uri)?.groups ?? {};
  if (name === undefined) return list === 'fleet' || list === 'locks' ? { kind: list } : null;
  const decoded = decode(name);
  if (decoded === null) return null;
  if (list === 'locks') return { kind: 'lock', resource: decoded };
  if (list === 'agents') return { kind: 'agent', agentId: decoded };
  return list === 'incidents' && INCIDENT.test(decoded) ? { kind: 'incident', incident: Number(decoded) } : null;
}

function decode(name: string): string | null {
  try {
    return decodeURIComponent(name);
  } catch {
    // A percent sign that encodes nothing.
    return null;
  }
}
