// `policy apply`: an operator puts a policy in force, after they have seen what it changes. What was compared is what is
// replaced: where somebody else adopted another one meanwhile, nothing happens and the difference is to be looked at again.

import type { Policy } from '../../../core/governance/policy.ts';
import { policyDiff } from '../../../core/governance/policy-diff.ts';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';
import type { PolicyView } from '../../../core/view/views.ts';
import { commandAs, hasPerson, operatorOf } from '../authority.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { confirmed } from '../output/confirm.ts';
import { adoptionText, diffLines } from '../text/policy-text.ts';
import { policySource } from './policy-source.ts';

export interface ApplyOptions {
  readonly reason: string;
  readonly defaults?: boolean;
  readonly yes?: boolean;
}

interface Wanted {
  readonly policy: Policy;
  /** For people. */
  readonly name: string;
}

export async function applyPolicy(context: Context, named: string | undefined, options: ApplyOptions): Promise<number> {
  const wanted = await wantedPolicy(context, named, options);
  if (isRejection(wanted)) return context.refuse(wanted);
  const fleet = await context.enter();
  const by = operatorOf(context, fleet);
  if (isRejection(by)) return context.refuse(by);
  // A fleet that is founded by this adopts the file of its workspace, and there may be nothing left to do.
  const fleetId = await fleet.fleet.seatPorts.found();
  if (isRejection(fleetId)) return context.refuse(fleetId);
  const { adopted } = await fleet.coordinator.view({ kind: 'policy' });
  const { policy, name } = wanted;
  const diff = policyDiff(adopted?.content ?? {}, policy);
  if (diff.length === 0) return tellApplied(context, adopted, [], `Nothing to do: ${name} is in force already`);
  if (options.yes !== true) {
    const unconfirmed = await confirm(context, name, diff, adopted);
    if (unconfirmed !== null) return unconfirmed;
  }
  const { reason } = options;
  const answer = await commandAs(fleet, by, { op: 'adopt_policy', policy, reason, instead: adopted?.seq ?? null });
  if (isRejection(answer)) return context.refuse(answer);
  const now = (await fleet.coordinator.view({ kind: 'policy' })).adopted;
  tellApplied(context, now, diff, `${name} ${name === DEFAULTS ? 'are' : 'is'} in force`);
  await remarkOnSource(context, policy);
  return EXIT.done;
}

const DEFAULTS = 'The defaults';

async function wantedPolicy(
  context: Context,
  named: string | undefined,
  { defaults = false }: ApplyOptions,
): Promise<Wanted | Rejection> {
  if (defaults) return named === undefined ? { policy: {}, name: DEFAULTS } : eitherOr(named);
  const source = await policySource(context, named);
  if (isRejection(source)) return source;
  const { policy, path } = source;
  return policy === null ? noFile(path) : { policy, name: path };
}

/** Null when the operator wants it; else the exit code. */
async function confirm(
  context: Context,
  name: string,
  diff: readonly string[],
  adopted: PolicyView['adopted'],
): Promise<number | null> {
  if (context.json || !hasPerson(context)) return context.refuse(notConfirmed(diff));
  const { cli } = context;
  const look = cli.screen.look();
  context.remark(`${name} instead of ${adoptionText(adopted)}:`, ...diffLines(diff, look));
  if (await confirmed(cli, 'Put it in force?')) return null;
  context.remark('Nothing was changed.');
  return EXIT.fault;
}

function tellApplied(
  context: Context,
  adopted: PolicyView['adopted'],
  diff: readonly string[],
  sentence: string,
): number {
  const { content: _, ...adoption } = adopted ?? { content: {} };
  const changed = diff.length > 0;
  context.tell({ changed, diff, adopted: adopted === null ? null : adoption }, (look) => [
    `${sentence} (${adoptionText(adopted)})${changed ? ':' : '.'}`,
    ...diffLines(diff, look),
  ]);
  return EXIT.done;
}

/** The file of the workspace is what `doctor` compares with. */
async function remarkOnSource(context: Context, policy: Policy): Promise<void> {
  const own = await policySource(context, undefined);
  if (isRejection(own) || (own.policy !== null && policyDiff(own.policy, policy).length > 0))
    context.remark('.brigade/policy.json says something else; `brigade policy show --file` prints what is in force.');
}

function notConfirmed(diff: readonly string[]): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: 'Nobody sits at a terminal here to confirm it.',
    next: 'Look at `brigade policy check`, and say --yes if that is what you want.',
    details: { diff },
  });
}

function noFile(path: string): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: `There is no ${path} to put in force.`,
    next: 'Write one (docs/policy.example.jsonc shows every setting), name another file, or go back with --defaults.',
    details: { file: path },
  });
}

function eitherOr(file: string): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: `Either the defaults or ${file} can be put in force.`,
    next: 'Leave one of them out.',
    details: { file },
  });
}
