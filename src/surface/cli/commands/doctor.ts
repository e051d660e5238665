import { join } from 'node:path';
import type { Command } from 'commander';
import { deskStanding } from '../../../app/desk/desk-standing.ts';
import { hostProcesses } from '../../../app/host-processes.ts';
import { holdsSecret } from '../../../app/shared-url.ts';
import { rejectionOf } from '../../../app/trouble.ts';
import { type KeptLog, remarksOn } from '../../../compose.ts';
import { isRejection } from '../../../core/rejection.ts';
import { counted } from '../../../core/view/count-text.ts';
import type { SessionView } from '../../../core/view/views.ts';
import { spokenRejection } from '../../answer/spoken.ts';
import { checkArchives } from '../care/doctor-archives.ts';
import {
  checkChain,
  checkClock,
  checkFile,
  checkGranting,
  checkLeftovers,
  checkPlaces,
  checkRules,
  checkSchema,
  checkWitness,
} from '../care/doctor-checks.ts';
import { checkDeliveries } from '../care/doctor-deliveries.ts';
import { checkDesk } from '../care/doctor-desk.ts';
import { checkFolders } from '../care/doctor-folders.ts';
import { checkPolicyFile } from '../care/doctor-policy.ts';
import { type Checked, type Finding, reportLines } from '../care/doctor-report.ts';
import { checkCaveats, checkHosts, checkServer } from '../care/doctor-server.ts';
import { checkSettings } from '../care/doctor-settings.ts';
import { checkWriting } from '../care/doctor-writing.ts';
import { examineKept, type KeptExamination } from '../care/examine-kept.ts';
import { keptLogOf, placeOf } from '../care/kept-log.ts';
import { movingPlaces } from '../care/moving-places.ts';
import type { Cli } from '../cli.ts';
import { type Context, perform } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import type { SeenFleet } from '../open-fleet.ts';

export function define(command: Command, cli: Cli): void {
  command
    .option('--head <hash>', 'a head hash that was kept elsewhere: is it in this log?')
    .addHelpText('after', '\nReads the whole log and changes nothing. Exit code 1 when something was found.')
    .action((options: { readonly head?: string }) =>
      perform(command, cli, async (context) => {
        const fleet = await context.look();
        const { checks, head, caveats } = await examine(context, fleet, options.head);
        const findings = checks.flatMap((check) => check.findings);
        const ok = findings.length === 0;
        const short = checks.map(({ name, detail, findings: found, isUnchecked }) => {
          return { name, ok: isUnchecked === true ? null : found.length === 0, detail };
        });
        context.tell({ ok, head, findings, caveats, checks: short }, (look) => [
          ...reportLines(checks, look),
          '',
          ok ? look.paint.good('All is well.') : look.paint.bad(`${counted(findings.length, 'finding')}.`),
        ]);
        return ok ? EXIT.done : EXIT.fault;
      }),
    );
}

/** What one check has told need not be told by the next one. */
function withoutRepeats(checks: readonly Checked[]): readonly Checked[] {
  const told = new Set<string>();
  return checks.map((check) => {
    const findings = check.findings.filter(({ code, message }) => !told.has(`${code} ${message}`));
    for (const { code, message } of findings) told.add(`${code} ${message}`);
    return { ...check, findings };
  });
}

async function examine(context: Context, fleet: SeenFleet, hash: string | undefined) {
  const checks: Checked[] = [];
  const log = await examineStore(context, fleet, hash, checks);
  const isOutOfReach = log === 'out of reach';
  const found = isOutOfReach ? null : log;
  if (found !== null) {
    const moving = await movingPlaces(fleet, found.beats);
    const { bootId } = fleet.fleet.place;
    checks.push(
      checkSchema(found),
      checkChain(found, hash),
      ...(await checkArchives(fleet, found)),
      checkRules(found, fleet.worktree.id),
      found.report === null ? checkHosts(found, moving, bootId) : checkPlaces(moving),
    );
  }
  const health = fleet.coordinator.health();
  const { role, rows } = isOutOfReach ? { role: fleet.fleet.coordinator.role(), rows: [] } : await processesOf(fleet);
  checks.push(checkWitness(health));
  if (found !== null) checks.push(checkWriting(found.report?.isWriteLocked ?? null, health.trouble, rows));
  const isWanted = rows.some(({ kind }) => kind === 'mcp');
  checks.push(checkDesk(await deskStanding({ door: fleet.fleet.door, role, isWanted }), rows));
  if (!isOutOfReach) checks.push(...(await checkViews(context, fleet)));
  checks.push(checkClock(fleet.clock.wallAt(), found?.state.position.seq ? found.state.position.wallAt : null));
  const remarks = await remarksOn(fleet.host);
  checks.push(...checkSettings(remarks), await checkFolders(foldersOf(fleet), secretFileOf(fleet)));
  return { checks: withoutRepeats(checks), head: found?.head ?? health.head, caveats: found?.caveats ?? [] };
}

/** Who is at work here; the log is read for it, and where it cannot be read only the desk is known. */
async function processesOf({ fleet }: SeenFleet) {
  const { coordinator, processes, place } = fleet;
  const sources = { coordinator, processes, placeId: place.placeId, ownPid: process.pid };
  try {
    const { rows } = await hostProcesses(sources);
    return { role: coordinator.role(), rows };
  } catch (error) {
    if (rejectionOf(error).code === 'INTERNAL') throw error;
    return { role: coordinator.role(), rows: [] };
  }
}

/** Null where there is nothing to examine. A server that does not answer is not asked again and again. */
async function examineStore(
  context: Context,
  fleet: SeenFleet,
  hash: string | undefined,
  checks: Checked[],
): Promise<KeptExamination | null | 'out of reach'> {
  const kept = await keptLogOf(fleet.host);
  const { trouble, traits } = fleet.coordinator.health();
  const isServer = !isRejection(kept) && kept.location.kind !== 'sqlite';
  const detail = isRejection(kept) ? traits.location : placeOf(kept);
  if (isRejection(kept)) {
    checks.push({ name: 'store', detail: `no log yet at ${detail}`, findings: [] });
    return null;
  }
  if (isServer && trouble?.code === 'STORE_UNAVAILABLE') {
    checks.push({ name: 'store', detail, findings: [outOfReach(trouble.message)] });
    return 'out of reach';
  }
  try {
    return await examineHere(context, kept, hash, checks);
  } catch (error) {
    const rejection = rejectionOf(error);
    const { code, message, next } = rejection;
    const isOut = isServer && code === 'STORE_UNAVAILABLE';
    checks.push({ name: 'store', detail, findings: [isOut ? outOfReach(message) : { code, message, next }] });
    return isOut ? 'out of reach' : null;
  }
}

async function examineHere(
  context: Context,
  kept: KeptLog,
  hash: string | undefined,
  checks: Checked[],
): Promise<KeptExamination | null> {
  const found = await examineKept(context, kept, { hash });
  const { location } = kept;
  if (found.report !== null) checks.push(checkFile(found.report));
  if (location.kind !== 'sqlite') checks.push(checkServer(location, found), checkCaveats(found.caveats));
  if (found.report !== null || found.head.seq > 0) return found;
  checks.push({ name: 'log', detail: `no log yet at ${placeOf(kept)}`, findings: [] });
  return null;
}

function outOfReach(message: string): Finding {
  return {
    code: 'STORE_UNAVAILABLE',
    message,
    next: 'Look whether it runs and whether this host reaches it (address, port, firewall, TLS, password). Nothing is granted meanwhile; all goes on by itself when it is back.',
  };
}

/** What only the fold can tell; a log that cannot be read has said so already. */
async function checkViews(context: Context, fleet: SeenFleet): Promise<readonly Checked[]> {
  const { policySource } = await import('../policy/policy-source.ts');
  const source = await policySource(context, undefined);
  try {
    const [view, agents, policy, deliveries] = await Promise.all([
      fleet.coordinator.view({ kind: 'fleet' }),
      fleet.coordinator.view({ kind: 'agents', limit: 1_000 }),
      fleet.coordinator.view({ kind: 'policy' }),
      fleet.coordinator.view({ kind: 'deliveries' }),
    ]);
    const sessions: readonly SessionView[] = agents.items.flatMap((agent) => agent.sessions);
    const isLeft = !view.granting.ok && view.granting.code === 'STORE_MOVED';
    return [
      checkGranting(view),
      ...(isLeft ? [] : [checkLeftovers(sessions)]),
      checkPolicyFile(source, policy),
      checkDeliveries(deliveries),
    ];
  } catch (error) {
    const { code, message, next } = spokenRejection(rejectionOf(error), { at: 0, worktree: fleet.worktree.id });
    return [{ name: 'state', detail: 'cannot be shown', findings: [{ code, message, next }] }];
  }
}

/** The file of settings, where it holds a password. */
function secretFileOf({ host, settings }: SeenFleet): string | null {
  const { source, value } = settings.store;
  const isSecret = source === 'file' && 'url' in value && holdsSecret(value.url);
  return isSecret ? join(host.workspace.fleetFolder, 'config.json') : null;
}

function foldersOf({ host, fleet }: SeenFleet) {
  const fleetId = fleet.seatPorts.fleetId();
  const secrets = fleetId === null ? [] : [{ path: fleet.seatPorts.stateFolderOf(fleetId).path, what: 'your secrets' }];
  return [{ path: host.workspace.fleetFolder, what: 'the fleet folder' }, ...secrets];
}
