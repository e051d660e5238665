// One screen of the fleet: what is wrong first, then who is here, what they hold and who waits.

import { counted } from '../../../core/view/count-text.ts';
import { durationText } from '../../../core/view/duration-text.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import type { FleetView, WaitsView } from '../../../core/view/views.ts';
import { grantingNext } from '../../answer/granting-next.ts';
import type { Look } from '../output/screen.ts';
import { cutEnd, cutMiddle } from '../output/text-width.ts';
import { agentsText } from './agents-text.ts';
import { alertsText } from './alerts-text.ts';
import { incidentsText } from './incidents-text.ts';
import { locksText } from './locks-text.ts';
import { waitsText } from './waits-text.ts';

export interface StatusParts {
  readonly fleet: FleetView;
  readonly waits: WaitsView;
  /** Where the log is, for people. */
  readonly location: string;
  /** Why nothing is decided here; null when all is well. */
  readonly trouble: { readonly code: string; readonly message: string } | null;
}

export function statusText(parts: StatusParts, look: Look): readonly string[] {
  const { fleet } = parts;
  return [
    ...headLines(parts, look),
    ...troubleLines(parts, look),
    ...alertLines(parts, look),
    ...incidentLines(parts, look),
    ...sections(parts, look),
    ...(isQuiet(fleet) ? QUIET : []),
  ];
}

const QUIET = [
  '',
  'Nobody is here. Agents join with `brigade mcp` (from their client) or with `brigade acquire src/a.ts` (from a shell).',
];

function headLines({ fleet, location }: StatusParts, { paint, width }: Look): readonly string[] {
  const id = fleet.fleetId ?? 'not founded yet';
  const room = Math.max(8, width - 'FLEET'.length - id.length - 4);
  return [
    `${paint.title('FLEET')}  ${paint.strong(id)}  ${paint.faint(cutMiddle(location, room))}`,
    cutEnd(countsText(fleet), width),
  ];
}

function countsText({ counts, head, longestWaitMs }: FleetView): string {
  const { agents, leases, waits, offers } = counts;
  const waiting =
    waits === 0 ? 'nobody waits' : `${counted(waits, 'wait')}, the longest for ${durationText(longestWaitMs)}`;
  const offered = offers === 0 ? [] : [counted(offers, 'offer')];
  return [counted(agents, 'agent'), counted(leases, 'lock'), waiting, ...offered, `log at ${head.seq}`].join(' · ');
}

function troubleLines({ fleet, trouble }: StatusParts, { paint }: Look): readonly string[] {
  const lines: string[] = [];
  if (trouble !== null) lines.push(paint.bad(`${trouble.code}: ${oneLine(trouble.message, 400)}`));
  if (!fleet.granting.ok) {
    const { code, why } = fleet.granting;
    const what = code === 'STORE_MOVED' ? 'This log has ended' : 'Granting rests';
    lines.push(paint.bad(`${what} (${code}): ${oneLine(why, 400)}`), grantingNext(fleet.granting));
  }
  return [...lines, ...pausedLines(fleet, paint)];
}

/** The gravest first. A paused agent has its line already. */
function alertLines({ fleet }: StatusParts, look: Look): readonly string[] {
  const alerts = fleet.alerts.filter(({ code, silenced }) => code !== 'paused_agent' && silenced === null);
  if (alerts.length === 0) return [];
  const shown = alerts.slice(0, ALERTS_SHOWN);
  const left = alerts.length - shown.length + fleet.leftOut.alerts;
  const more = left > 0 ? [look.paint.faint(`… and ${left} more: brigade alerts`)] : [];
  return ['', look.paint.title('ALERTS'), ...alertsText(shown, look), ...more];
}

const ALERTS_SHOWN = 5;

/** Those that are not closed, the newest first. */
function incidentLines({ fleet }: StatusParts, look: Look): readonly string[] {
  if (fleet.incidents.length === 0) return [];
  const shown = fleet.incidents.slice(0, ALERTS_SHOWN);
  const left = fleet.incidents.length - shown.length + fleet.leftOut.incidents;
  const more = left > 0 ? [look.paint.faint(`… and ${left} more: brigade incident list --open`)] : [];
  return ['', look.paint.title('INCIDENTS'), ...incidentsText(shown, look), ...more];
}

/** A pause never lasts unseen. */
function pausedLines({ agents, counts }: FleetView, paint: Look['paint']): readonly string[] {
  const paused = agents.filter(({ lifecycle }) => lifecycle === 'paused');
  const lines = paused.slice(0, PAUSED_SHOWN).flatMap(({ agentId, change }) => {
    if (change === null) return [];
    const { by, forMs, reason, standingAgainst } = change;
    const how = standingAgainst.length === 0 ? 'It may recover by itself now' : 'It cannot recover by itself yet';
    const text = `${oneLine(agentId)} is paused by ${oneLine(by)}, for ${durationText(forMs)} now: ${oneLine(reason, 300)}`;
    return [
      paint.warn(text),
      `  ${how}; an operator ends it with \`brigade resume ${oneLine(agentId)} --reason ...\`.`,
    ];
  });
  const left = counts.paused - Math.min(paused.length, PAUSED_SHOWN);
  return left > 0 ? [...lines, paint.warn(`… and ${left} more are paused: brigade agents`)] : lines;
}

const PAUSED_SHOWN = 5;

function plansText(fleet: FleetView, { paint, width }: Look): readonly string[] {
  if (fleet.plans.length === 0) return [];
  const lines = fleet.plans.map(({ agentId, goal, task }) =>
    cutEnd(
      `${oneLine(agentId)}  ${[goal, task]
        .filter((part) => part !== '')
        .map((part) => oneLine(part, 200))
        .join(' · ')}`,
      width,
    ),
  );
  return [paint.title('PLANS'), ...lines];
}

function sections({ fleet, waits }: StatusParts, look: Look): readonly string[] {
  const { paint } = look;
  const graph = waitsText(waits, look);
  return [
    ...section('AGENTS', fleet.agents.length > 0 ? agentsText(fleet.agents, look) : [], fleet.leftOut.agents, look),
    ...section('PLANS', plansText(fleet, look), fleet.leftOut.plans, look),
    ...section('LOCKS', fleet.locks.length > 0 ? locksText(fleet.locks, look) : [], fleet.leftOut.locks, look),
    ...(graph.length === 0 ? [] : ['', paint.title('WAITS'), ...graph]),
  ];
}

function section(title: string, lines: readonly string[], leftOut: number, { paint }: Look): readonly string[] {
  if (lines.length === 0) return [];
  const more = leftOut === 0 ? [] : [paint.faint(`… and ${leftOut} more: brigade ${title.toLowerCase()}`)];
  return ['', ...lines, ...more];
}

function isQuiet(fleet: FleetView): boolean {
  return fleet.counts.agents === 0 && fleet.counts.leases === 0;
}
