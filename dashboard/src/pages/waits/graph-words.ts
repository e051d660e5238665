// What stands on a card and what is said of it.

import type { SpokenWaiter } from '../../data/types.ts';
import type { GraphLink, GraphNode } from './wait-graph.ts';

export function titleOf({ agentId, crowd }: GraphNode): string {
  return crowd === null ? agentId : `and ${crowd.length.toLocaleString('en')} more waiters`;
}

/** Its state in a few words, below its name. */
export function stateOf(node: GraphNode): string {
  const { crowd, gaveWayAgoMs, isInCycle } = node;
  if (crowd !== null) return 'for the same, behind those';
  const behind = node.ports.reduce((sum, { waiting }) => sum + waiting, 0);
  const parts = [
    isInCycle ? 'in a circle' : gaveWayAgoMs === null ? '' : 'gave way',
    ownWaitText(node.waits),
    node.isAsking ? 'keeps asking' : '',
    behind > 0 ? `${behind} ${behind === 1 ? 'waits' : 'wait'} for it` : '',
  ].filter((part) => part !== '');
  return parts.join(' · ');
}

function ownWaitText(waits: readonly SpokenWaiter[]): string {
  const [first] = waits;
  if (first === undefined) return '';
  if (waits.length > 1) return `waits for ${waits.length}`;
  return placeText(first);
}

/** Place and state of one wait. */
export function placeText({ state, position, alive }: Pick<SpokenWaiter, 'state' | 'position' | 'alive'>): string {
  const place =
    state === 'offered'
      ? 'offered, not claimed'
      : state === 'passed_over'
        ? 'passed over'
        : position === 1
          ? 'next in line'
          : `${ordinal(position)} in line`;
  if (alive === 'gone') return `${place}, process gone`;
  return alive === 'stopped' ? `${place}, process stopped` : place;
}

function ordinal(n: number): string {
  const tens = n % 100;
  if (tens >= 11 && tens <= 13) return `${n}th`;
  return `${n}${['th', 'st', 'nd', 'rd'][n % 10] ?? 'th'}`;
}

/** The verb of a link: `bo WAITS FOR x behind ana`. */
export const LINK_VERBS: Readonly<Record<GraphLink['kind'], string>> = {
  hold: 'waits for',
  line: 'stands in line for',
  retry: 'keeps asking, without standing in line, for',
};

/** A resource where there is little room: its end says most. */
export function shortResource(name: string, most: number): string {
  if (name.length <= most) return name;
  const kind = /^[a-z]+:/.exec(name)?.[0] ?? '';
  return `${kind}…${name.slice(name.length - (most - kind.length - 1))}`;
}

export function shortName(name: string, most: number): string {
  return name.length <= most ? name : `${name.slice(0, most - 1)}…`;
}

/** Which nodes a search means; null where nothing is searched. */
export function matchesOf(nodes: readonly GraphNode[], search: string): ReadonlySet<string> | null {
  const wanted = search.trim().toLowerCase();
  if (wanted === '') return null;
  const isMeant = (text: string): boolean => text.toLowerCase().includes(wanted);
  return new Set(
    nodes
      .filter(
        ({ agentId, crowd, ports, waits }) =>
          (crowd === null ? isMeant(agentId) : crowd.some((member) => isMeant(member.agentId))) ||
          ports.some(({ resource }) => isMeant(resource)) ||
          waits.some(({ resources }) => resources.some(isMeant)),
      )
      .map(({ id }) => id),
  );
}
