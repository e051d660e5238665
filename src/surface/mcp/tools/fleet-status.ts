import { counted } from '../../../core/view/count-text.ts';
import { durationText } from '../../../core/view/duration-text.ts';
import { seenFrom } from '../../answer/seen-names.ts';
import { spokenFleet } from '../../answer/spoken-views.ts';
import { defineTool } from '../tool.ts';
import { toolView } from '../tool-result.ts';

export const fleetStatus = defineTool({
  name: 'fleet_status',
  title: 'Status of the fleet',
  description: 'Shows who is here, what is locked, who waits, and what is wrong. Never waits, registers nobody.',
  effect: 'reads',
  input: {},
  output: [
    'agents',
    'locks',
    'waits',
    'alerts',
    'incidents',
    'plans',
    'counts',
    'leftOut',
    'granting',
    'longestWaitMs',
    'head',
  ],
  async run(seat, _args, call) {
    const seen = await seat.view({ kind: 'fleet' }, call);
    return toolView(seen, (view) => {
      const structured = spokenFleet(view, seen.worktree);
      const { counts, granting, longestWaitMs } = structured;
      const who = structured.agents
        .slice(0, 10)
        .map(({ agentId, leases }) => (leases === 0 ? agentId : `${agentId} (${leases})`));
      const names = who.length === 0 ? '' : `: ${who.join(', ')}${counts.agents > who.length ? ' ...' : ''}`;
      const rest = granting.ok ? '' : ` Granting rests (${granting.code}): ${granting.why}`;
      const paused = structured.agents.filter(({ lifecycle }) => lifecycle === 'paused').map(({ agentId }) => agentId);
      const stopped = paused.length === 0 ? '' : ` Paused: ${paused.join(', ')}.`;
      const wrong = view.alerts.length + view.leftOut.alerts;
      const gravest = seenFrom(seen.worktree).text(view.alerts[0]?.text ?? '');
      const alerts = wrong === 0 ? '' : ` ${counted(wrong, 'alert is', 'alerts are')} open: ${gravest}`;
      const longest = counts.waits === 0 ? '' : `, the longest for ${durationText(longestWaitMs)}`;
      const text = `${counted(counts.agents, 'agent')}${names}. ${counted(counts.leases, 'lock')} held, ${counts.waits} waiting${longest}.${stopped}${rest}${alerts}`;
      return { structured, text };
    });
  },
});
