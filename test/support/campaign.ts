// How long a campaign is. The same test runs short beside the unit tests, longer in continuous integration and in full
// by `npm run test:full`. A file that calls this is named `*.campaign.test.ts`, so that the full run finds it.

type Campaign = 'short' | 'ci' | 'full';

const share: Readonly<Record<Campaign, number>> = { short: 1 / 50, ci: 1 / 10, full: 1 };

/**
 * `fullCount` scaled to the campaign that BRIGADE_CAMPAIGN names (default `short`): all of it, a tenth, or a fiftieth.
 * Never less than `atLeast` (default 1) nor more than `fullCount`. Throws on an unknown campaign name.
 */
export function campaignCount(fullCount: number, options: { readonly atLeast?: number } = {}): number {
  const scaled = Math.ceil(fullCount * share[campaignName()]);
  return Math.min(fullCount, Math.max(options.atLeast ?? 1, scaled));
}

function campaignName(): Campaign {
  const name = process.env.BRIGADE_CAMPAIGN ?? 'short';
  if (name === 'short' || name === 'ci' || name === 'full') return name;
  throw new Error(`BRIGADE_CAMPAIGN is ${name}; it must be short, ci or full`);
}
