// Tests with many real processes, which take longest. They are left out of `npm test`, so that it stays short enough to be run
// for every change; `npm run test:full` runs them, and with it every check of a change that is handed in.

/** Not campaigns: their length is no choice. */
export const SLOW_TESTS = [
  'test/app/archive-kills.test.ts',
  'test/e2e/alert-delivery.test.ts',
  'test/e2e/cli-alerts.test.ts',
  'test/e2e/cli-authority.test.ts',
  'test/e2e/cli-governance.test.ts',
  'test/e2e/cli-history.test.ts',
  'test/e2e/cli-look.test.ts',
  'test/e2e/cli-messages.test.ts',
  'test/e2e/cli-policy.test.ts',
  'test/e2e/cli-run.test.ts',
  'test/e2e/cli-store.test.ts',
  'test/e2e/cli-work.test.ts',
  'test/e2e/dashboard-acts.test.ts',
  'test/e2e/dashboard-drill.test.ts',
  'test/e2e/dashboard-moments.test.ts',
  'test/e2e/dashboard-pages.test.ts',
  'test/e2e/dashboard-stranger.test.ts',
  'test/e2e/desk-look.test.ts',
  'test/e2e/drill-incidents.test.ts',
  'test/e2e/drill.test.ts',
  'test/e2e/governance.test.ts',
  'test/e2e/lost-log.test.ts',
  'test/e2e/mcp-following.test.ts',
  'test/e2e/other-places.test.ts',
  'test/e2e/rescue.test.ts',
  'test/e2e/restarted-server.test.ts',
  'test/e2e/serve-browser.test.ts',
  'test/e2e/serve-demo.test.ts',
  'test/support/host-rig.test.ts',
  'test/support/etcd-server.test.ts',
];

/** The full run has them with more rounds. `ops` needs Debian's Prometheus, which not everybody has who changes a line. */
export const SLOW_CAMPAIGNS = [
  'test/campaigns/desk.campaign.test.ts',
  'test/campaigns/kill.campaign.test.ts',
  'test/campaigns/killed-server.campaign.test.ts',
  'test/campaigns/ops.campaign.test.ts',
  'test/simulation/hosts/hosts.campaign.test.ts',
];
