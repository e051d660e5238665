// Hosts that share a log, with a network between them that is cut for real. Each round something befalls one host while the
// others wait for what is held there. Whatever its holders were told to believe is over before anybody else is granted it;
// whoever works under it is told; the others wait until the host has given no sign for TTL and grace; and whoever comes
// back is refused with what it had. Beliefs are compared with grants on one clock: the machine's own.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { campaignCount } from './campaign.ts';
import { HostKitchen } from './host-kitchen.ts';
import { type Befalls, HostRound, type RoundReport } from './host-round.ts';
import { randomOf } from './random.ts';
import type { SharedKind } from './shared-servers.ts';

const rounds = { 2: campaignCount(20), 3: campaignCount(30) } as const;
const seed = Number(process.env.BRIGADE_TEST_SEED ?? Date.now() % 1_000_000);
/** One after the other, so that even a short campaign has most of them. */
const BEFALLS: readonly Befalls[] = ['silent', 'vanished', 'deaf', 'frozen', 'unplugged'];

export function exerciseHosts(kind: SharedKind): void {
  const random = randomOf(seed);

  describe.each([2, 3] as const)(`%i hosts on ${kind}, seed ${seed} (BRIGADE_TEST_SEED repeats it)`, (count) => {
    const reports: RoundReport[] = [];
    let kitchen: HostKitchen;

    beforeAll(async () => {
      kitchen = await HostKitchen.open(kind, count);
    });

    afterAll(async () => {
      await kitchen.close();
      console.info(`${count} hosts on ${kind}, ${reports.length} rounds\n${figuresOf(reports)}`);
    });

    it.each(Array.from({ length: rounds[count] }, (_, i) => i + 1))(
      `round %i of ${rounds[count]}`,
      async (number) => {
        const befalls = BEFALLS[(number + count - 3) % BEFALLS.length] ?? 'silent';
        const plan = { number, befalls, victim: random.below(count), afterMs: random.below(4_000) };
        const report = await new HostRound(kitchen, plan).run();
        reports.push(report);
        const { successions, runMarginMs, problems } = report;
        expect(successions.length).toBeGreaterThan(0);
        expect(successions.filter(({ marginMs }) => marginMs <= 0)).toEqual([]);
        expect(runMarginMs ?? Number.POSITIVE_INFINITY).toBeGreaterThan(0);
        expect(problems).toEqual([]);
      },
      240_000,
    );
  });
}

function figuresOf(reports: readonly RoundReport[]): string {
  const margins = reports.flatMap(({ successions }) => successions.map(({ marginMs }) => marginMs));
  const figures: readonly (readonly [string, readonly number[]])[] = [
    ['from the end of a belief to the next grant', margins],
    [
      'from the end of a command under a lease to the next grant',
      reports.flatMap(({ runMarginMs }) => runMarginMs ?? []),
    ],
    ['from the last sign of a host to the end of its sessions', reports.map(({ lostAfterMs }) => lostAfterMs)],
    ['from what befell it to the last grant', reports.map(({ grantedAfterMs }) => grantedAfterMs)],
  ];
  return figures.map(([what, values]) => `  ${what}: ${spread(values)}`).join('\n');
}

function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const [least, median, most] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)].map(inMs);
  return `at least ${least}, median ${median}, at most ${most} (of ${values.length})`;
}

function inMs(value: number | undefined): string {
  return value === undefined ? '?' : `${value.toFixed(0)} ms`;
}
