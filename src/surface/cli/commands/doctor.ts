import type { Command } from 'commander';
import { deskStanding } from '../../../app/desk/desk-standing.ts';
import { hostProcesses } from '../../../app/host-processes.ts';
import { rejectionOf } from '../../../app/trouble.ts';
import { counted } from '../../../core/view/count-text.ts';
import type { SessionView } from '../../../core/view/views.ts';
import { spokenRejection } from '../../answer/spoken.ts';
import { checkArchives } from '../care/doctor-archives.ts';
import {
  checkChain,
  checkClock,
  checkFile,
  checkFolders,
  checkGranting,
  checkLeftovers,
  checkPlaces,
  checkRules,
  checkSchema,
  checkWitness,
} from '../care/doctor-checks.ts';
import { checkDeliveries } from '../care/doctor-deliveries.ts';
import { checkDesk } from '../care/doctor-desk.ts';
import { checkPolicyFile } from '../care/doctor-policy.ts';
import { type Checked, reportLines } from '../care/doctor-report.ts';
import { checkWriting } from '../care/doctor-writing.ts';
import { examineFile, type FileExamination } from '../care/examine-file.ts';
import { isThere } from '../care/log-path.ts';
import { movingBoots } from '../care/moving-boots.ts';
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
        const { checks, head } = await examine(context, fleet, options.head);
        const findings = checks.flatMap((check) => check.findings);
        const ok = findings.length === 0;
        const short = checks.map(({ name, detail, findings: found, isUnchecked }) => {
          return { name, ok: isUnchecked === true ? null : found.length === 0, detail };
        });
        context.tell({ ok, head, findings, checks: short }, (look) => [
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
  const file = await examineStore(context, fleet, hash, checks);
  if (file !== null) {
    const own = await movingBoots(fleet, file.beats);
    checks.push(
      checkSchema(file),
      checkChain(file, hash),
      ...(await checkArchives(fleet, file)),
      checkRules(file, fleet.worktree.id),
      checkPlaces(own),
    );
  }
  const health = fleet.coordinator.health();
  const { role, rows } = await processesOf(fleet);
  checks.push(checkWitness(health));
  if (file !== null) checks.push(checkWriting(file.report.isWriteLocked, health.trouble, rows));
  const isWanted = rows.some(({ kind }) => kind === 'mcp');
  checks.push(checkDesk(await deskStanding({ door: fleet.fleet.door, role, isWanted }), rows));
  checks.push(...(await checkViews(context, fleet)));
  checks.push(checkClock(fleet.clock.wallAt(), file?.state.position.seq ? file.state.position.wallAt : null));
  checks.push(await checkFolders(foldersOf(fleet)));
  return { checks: withoutRepeats(checks), head: file?.head ?? health.head };
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

/** Null where there is no file to examine. */
async function examineStore(
  context: Context,
  fleet: SeenFleet,
  hash: string | undefined,
  checks: Checked[],
): Promise<FileExamination | null> {
  const { value: location } = fleet.settings.store;
  if (location.kind !== 'sqlite' || !(await isThere(location.path))) {
    checks.push({ name: 'store', detail: `no log yet at ${fleet.coordinator.health().traits.location}`, findings: [] });
    return null;
  }
  try {
    const file = await examineFile(context, location.path, { hash, durability: fleet.settings.durability.value });
    checks.push(checkFile(file));
    return file;
  } catch (error) {
    const { code, message, next } = rejectionOf(error);
    checks.push({ name: 'store', detail: location.path, findings: [{ code, message, next }] });
    return null;
  }
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
    return [
      checkGranting(view),
      checkLeftovers(sessions),
      checkPolicyFile(source, policy),
      checkDeliveries(deliveries),
    ];
  } catch (error) {
    const { code, message, next } = spokenRejection(rejectionOf(error), { at: 0, worktree: fleet.worktree.id });
    return [{ name: 'state', detail: 'cannot be shown', findings: [{ code, message, next }] }];
  }
}

function foldersOf({ host, fleet }: SeenFleet) {
  const fleetId = fleet.seatPorts.fleetId();
  const secrets = fleetId === null ? [] : [{ path: fleet.seatPorts.stateFolderOf(fleetId).path, what: 'your secrets' }];
  return [{ path: host.workspace.fleetFolder, what: 'the fleet folder' }, ...secrets];
}
