// `brigade init`: looks, plans, shows, asks, writes; or takes it all out again.

import * as compose from '../../../compose.ts';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';
import { hasPerson } from '../authority.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { confirmed } from '../output/confirm.ts';
import { applyPlan } from './apply-plan.ts';
import { type Asked, askedFor, type InitOptions } from './asked.ts';
import { CLIENTS } from './clients/clients.ts';
import { detectClients } from './detect.ts';
import { isChange } from './file-plan.ts';
import type { Scope } from './file-wish.ts';
import { hasHookProgram, refuseUnkeptInstall } from './launch.ts';
import { hostHere, lookAround, lookFromHere } from './look-around.ts';
import { type InitPlan, type Looks, planInit, planRemoval } from './plan-init.ts';
import { planLines, shownPath } from './show-plan.ts';
import { type Done, remarksOn, removalRemarks, tellInit } from './tell-init.ts';

export async function runInit(context: Context, options: InitOptions): Promise<number> {
  const asked = askedFor(options);
  if (isRejection(asked)) return context.refuse(asked);
  if (options.remove === true) return remove(context, options, asked);
  const chosen = await chosenBy(context, options, asked);
  if (chosen === null) return leave(context);
  if (isRejection(chosen)) return context.refuse(chosen);
  return install(context, options, chosen);
}

async function install(context: Context, options: InitOptions, { clients, order, git }: Asked): Promise<number> {
  const refused = refusalFor(order);
  if (refused !== null) return context.refuse(refused);
  const looks = await lookAround(context, order.scope);
  const plan = await planInit(looks, clients ?? [], order, git);
  if (!('files' in plan)) return refuseAll(context, plan);
  const done = await carryOut(context, options, looks, plan);
  if (done === null) return leave(context);
  if (isRejection(done)) return context.refuse(done);
  if (done === 'written' && order.hooks) await beginFleet(context, order.scope);
  const remarks = done === 'nothing' ? [] : remarksOn(clients ?? [], order, plan);
  tellInit(context, { plan, done, remarks });
  return plan.leftOut.length > 0 || (plan.git?.refused ?? []).length > 0 ? EXIT.fault : EXIT.done;
}

async function remove(context: Context, options: InitOptions, { clients, order }: Asked): Promise<number> {
  const looks = await lookAround(context, order.scope);
  const plan = await planRemoval(looks, clients ?? CLIENTS, order.scope);
  const done = await carryOut(context, options, looks, plan);
  if (done === null) return leave(context);
  if (isRejection(done)) return context.refuse(done);
  if (done === 'written') await leaveFleet(context);
  const elsewhere = await elsewhereIn(context, clients ?? CLIENTS, order.scope);
  tellInit(context, { plan, done, remarks: removalRemarks(plan, looks.around, elsewhere) });
  return plan.leftOut.length > 0 ? EXIT.fault : EXIT.done;
}

/** Where there is no fleet, hooks are silent: they may be those of all folders of the user. So the repository at hand gets one. */
async function beginFleet(context: Context, scope: Scope): Promise<void> {
  const host = await hostHere(context);
  const isMeant = scope === 'project' || (host?.workspace.repository ?? null) !== null;
  if (host !== null && isMeant) await compose.makeFleetFolder(host);
}

/** A fleet in which nothing ever happened goes again. */
async function leaveFleet(context: Context): Promise<void> {
  const host = await hostHere(context);
  if (host !== null) await compose.leaveFleetFolder(host);
}

/** Shows the plan and does it, if somebody says so; null: they said no. */
async function carryOut(
  context: Context,
  options: InitOptions,
  { around }: Looks,
  plan: InitPlan,
): Promise<Done | Rejection | null> {
  const changes = plan.files.filter((file) => isChange(file.plan)).length + (plan.git?.changes ?? []).length;
  const { screen } = context.cli;
  const lines = planLines(plan, around, screen.look());
  if (!context.json && lines.length > 0) screen.out(...lines);
  if (changes === 0) return 'nothing';
  if (options.dryRun === true) return 'dry run';
  if (options.yes !== true) {
    if (!hasPerson(context) || context.json) return NOBODY;
    if (!(await confirmed(context.cli, options.remove === true ? 'Take this out?' : 'Write this?'))) return null;
  }
  await applyPlan(plan, (await compose.initParts(context.cli.env)).records);
  return 'written';
}

const NOBODY = reject('INVALID_ARGUMENT', {
  message: 'Nobody sits at a terminal who could say yes. Nothing was written.',
  next: 'Add --yes to write it, or --dry-run to see it only.',
});

/** From flags; or from a person who gave none that says which clients. Null: they left. */
async function chosenBy(context: Context, options: InitOptions, asked: Asked): Promise<Asked | Rejection | null> {
  if (asked.clients !== null) return asked;
  const { looks, canProject } = await lookFromHere(context, asked.order.scope);
  const detected = detectClients(looks.around);
  const isAsking = hasPerson(context) && options.yes !== true && options.dryRun !== true && !context.json;
  if (isAsking) {
    const { askPerson } = await import('./wizard.ts');
    const canGit = canProject && (await looks.gitPlan(false)) !== null;
    const found = detected.map(({ client, by }) => ({ client, by: by === null ? null : shownPath(by, looks.around) }));
    const chosen = await askPerson({ detected: found, canProject, canHooks: hasHookProgram(), canGit });
    if (chosen === null) return null;
    context.cli.screen.out('');
    const { clients, git, scope, hooks } = chosen;
    return { clients, git, order: { ...asked.order, scope, hooks } };
  }
  const clients = detected.flatMap(({ client, by }) => (by === null ? [] : [client]));
  return clients.length > 0 || asked.git ? { ...asked, clients } : noClient();
}

function noClient(): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: 'No client that init knows was found here.',
    next: `Name one: --client ${CLIENTS.map(({ name }) => name).join(', ')}.`,
  });
}

function refusalFor({ hooks, scope, http }: Asked['order']): Rejection | null {
  if (hooks && !hasHookProgram())
    return reject('INVALID_ARGUMENT', {
      message: 'This installation has no brigade-hook, the program that hooks start.',
      next: 'Install the whole package, or leave out --hooks.',
    });
  return (scope === 'user' || hooks) && http === null ? refuseUnkeptInstall() : null;
}

/** Whether the other scope has entries of ours. */
async function elsewhereIn(context: Context, clients: Asked['clients'], scope: string): Promise<boolean> {
  const other = scope === 'project' ? 'user' : 'project';
  const { looks, canProject } = await lookFromHere(context, other);
  if (other === 'project' && !canProject) return false;
  const plan = await planRemoval(looks, clients ?? CLIENTS, other);
  return plan.files.some((file) => isChange(file.plan));
}

function refuseAll(context: Context, refused: readonly Rejection[]): number {
  const [first, ...others] = refused;
  if (first === undefined) throw new TypeError('a plan is refused for a reason');
  return context.refuse(
    first,
    others.map(({ message }) => `  ${message}`),
  );
}

function leave(context: Context): number {
  context.remark('Nothing was written.');
  return EXIT.done;
}
