// One thing about one target of alerts: its secret, its program, a test, or another try. All of them are for the user of this
// host, and none of them puts a secret into the log.

import { clock, newSigningSecret, notifierOf, targetKeysOf } from '../../../compose.ts';
import { testMessage } from '../../../core/delivery/message.ts';
import type { DeliveryTarget } from '../../../core/delivery/target.ts';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';
import type { TargetKeys } from '../../../ports/target-keys.ts';
import { commandAs, hasPerson, operatorOf, refuseAgents } from '../authority.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import type { SeenFleet } from '../open-fleet.ts';

export interface HookOptions {
  readonly secret?: boolean;
  readonly rotate?: boolean;
  readonly now?: boolean;
  readonly force?: boolean;
  readonly run?: string;
  readonly test?: boolean;
  readonly retry?: boolean;
}

export async function actOnHook(
  context: Context,
  name: string,
  args: readonly string[],
  options: HookOptions,
): Promise<number> {
  const refused = refuseAgents(context) ?? flawOf(options, args);
  if (refused !== null) return context.refuse(refused);
  if (options.secret === true && options.force !== true && !hasPerson(context)) return context.refuse(NO_TERMINAL);
  const fleet = await context.enter();
  const fleetId = await fleet.fleet.seatPorts.found();
  if (isRejection(fleetId)) return context.refuse(fleetId);
  const target = await targetOf(fleet, name);
  if (isRejection(target)) return context.refuse(target);
  const keys = targetKeysOf(fleet.host, fleetId);
  if (options.secret === true) return giveSecret(context, keys, target, options);
  // What follows reaches out of the fleet, or changes what does.
  const by = operatorOf(context, fleet);
  if (isRejection(by)) return context.refuse(by);
  if (options.run !== undefined) return nameProgram(context, keys, target, [options.run, ...args]);
  if (options.test === true) return sendTest(context, fleet, fleetId, target);
  const answer = await commandAs(fleet, by, { op: 'retry_deliveries', target: name });
  if (isRejection(answer)) return context.refuse(answer);
  const again = 'changed' in answer && answer.changed;
  context.tell({ target: name, again }, () => [
    again ? `${name} is tried again, by whichever process sends to it.` : `Nothing of ${name} was given up.`,
  ]);
  return EXIT.done;
}

function flawOf({ secret, rotate, now, run, test, retry }: HookOptions, args: readonly string[]): Rejection | null {
  const asked = [secret, run, test, retry].filter((each) => each !== undefined).length;
  const isAboutSecret = rotate === true || now === true;
  if (asked === 1 && (!isAboutSecret || secret === true) && (args.length === 0 || run !== undefined)) return null;
  return reject('INVALID_ARGUMENT', {
    message: 'This does one thing at a time: --secret, --run PROGRAM, --test or --retry.',
    next: 'Name exactly one of them; --rotate and --now go with --secret, and arguments go with --run.',
  });
}

const NO_TERMINAL = reject('OPERATOR_REQUIRED', {
  message: 'A secret is printed only to a person at a terminal.',
  next: 'Run it in a terminal, or add --force where you mean to catch it in a script.',
});

async function targetOf(fleet: SeenFleet, name: string): Promise<DeliveryTarget | Rejection> {
  const { adopted } = await fleet.coordinator.view({ kind: 'policy' });
  const targets = adopted?.content.alerts?.deliver ?? [];
  const found = targets.find((target) => target.name === name);
  if (found !== undefined) return found;
  return reject('INVALID_ARGUMENT', {
    message: `The policy in force names no target ${name}.`,
    next: `Look at those there are: brigade alerts hooks. A new one is named in .brigade/policy.json and adopted with brigade policy apply.`,
    details: { target: name, targets: targets.map((target) => target.name) },
  });
}

/** Receivers are given the new secret one after the other; until then the old one signs too. */
const OVERLAP_MS = 86_400_000;

async function giveSecret(
  context: Context,
  keys: TargetKeys | null,
  { name, kind }: DeliveryTarget,
  { rotate = false, now = false }: HookOptions,
): Promise<number> {
  if (kind !== 'webhook' || keys === null) return context.refuse(wrongKind(name, 'has no secret: it is no webhook'));
  const before = await keys.secretOf(name);
  const until = new Date(Date.parse(clock.wallAt()) + OVERLAP_MS).toISOString();
  if (rotate) await keys.replaceSecret(name, await newSigningSecret(), now ? null : until);
  else if (now) await keys.dropFormer(name);
  const secret = await keys.ensureSecret(name, await newSigningSecret());
  const what = before === null ? 'created' : rotate ? 'rotated' : 'known';
  const former = await formerUntil(keys, name);
  context.remark(what === 'known' ? `The signing secret of ${name}:` : `The signing secret of ${name} was ${what}:`);
  context.tell({ target: name, secret, [what]: true, formerUntil: former }, () => [secret]);
  if (former !== null)
    context.remark(
      `The one before it signs beside it until ${former}. To end that now: brigade alerts hook ${name} --secret --now`,
    );
  return EXIT.done;
}

/** Until when the secret before signs too; null where it does not. */
async function formerUntil(keys: TargetKeys, name: string): Promise<string | null> {
  const former = await keys.formerOf(name);
  return former === null || former.until <= clock.wallAt() ? null : former.until;
}

async function nameProgram(
  context: Context,
  keys: TargetKeys | null,
  { name, kind }: DeliveryTarget,
  program: readonly [string, ...string[]],
): Promise<number> {
  if (kind !== 'command' || keys === null)
    return context.refuse(wrongKind(name, 'runs no program: its kind is another'));
  await keys.keepProgram(name, program);
  context.tell({ target: name, program }, () => [`${name} runs on this host: ${program.join(' ')}`]);
  return EXIT.done;
}

async function sendTest(context: Context, fleet: SeenFleet, fleetId: string, target: DeliveryTarget): Promise<number> {
  const notifier = notifierOf(fleet.host, () => fleetId);
  const why = await notifier.standingAgainst(target);
  if (why !== null) return context.refuse(wrongKind(target.name, `is not reached from here. ${why}`));
  const { ids } = fleet.fleet.seatPorts;
  const message = testMessage(fleetId, target.name, ids.newId(), fleet.clock.wallAt());
  const { result, detail } = await notifier.send(target, message, new AbortController().signal);
  const delivered = result === 'delivered';
  context.tell({ target: target.name, delivered, detail, id: message.id }, ({ paint }) => [
    `${delivered ? paint.good('delivered') : paint.bad('not delivered')}: ${detail}`,
  ]);
  return delivered ? EXIT.done : EXIT.fault;
}

function wrongKind(name: string, what: string): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: `${name} ${what}${what.endsWith('.') ? '' : '.'}`,
    next: 'Look at the targets: brigade alerts hooks.',
    details: { target: name },
  });
}
