import { durationText } from '../../../../src/core/view/duration-text.ts';
import type { IncidentReport } from '../../data/types.ts';
import { AgentLink } from '../../parts/go-to.tsx';
import { Panel } from '../../parts/panel.tsx';
import { counted, wordsOf } from '../../parts/words.ts';

export function Impact({ impact }: Pick<IncidentReport, 'impact'>) {
  const { blocked, waitedMs, longestMs, refusals, lostLeases, grantingRestedMs } = impact;
  const lost = lostLeases.revoked + lostLeases.expired + lostLeases.dropped;
  return (
    <Panel title="Impact">
      <p>
        {blocked.length === 0
          ? 'Nobody was kept waiting.'
          : `${counted(blocked.length, 'agent')} waited ${durationText(waitedMs)} in all, the longest ${durationText(longestMs)} at a time.`}
        {lost > 0 && ` ${counted(lost, 'lease')} ended against the will of the holder.`}
        {grantingRestedMs > 0 && ` Nothing was granted to anybody for ${durationText(grantingRestedMs)}.`}
      </p>
      {blocked.length > 0 && (
        <div className="mt-3 overflow-x-auto">
          <table className="w-full min-w-96 text-left text-sm">
            <thead className="text-xs text-mute">
              <tr>
                <th className="py-1 pr-3 font-medium">Who waited</th>
                <th className="py-1 pr-3 text-right font-medium">Times</th>
                <th className="py-1 pr-3 text-right font-medium">In all</th>
                <th className="py-1 pr-3 text-right font-medium">Longest</th>
                <th className="py-1 font-medium">Last wait</th>
              </tr>
            </thead>
            <tbody>
              {blocked.map(({ agentId, waits, totalMs, longestMs: longest, outcome }) => (
                <tr key={agentId} className="border-t border-line/60">
                  <td className="py-1 pr-3">
                    <AgentLink id={agentId} />
                  </td>
                  <td className="py-1 pr-3 text-right tabular-nums">{waits}</td>
                  <td className="py-1 pr-3 text-right tabular-nums">{durationText(totalMs)}</td>
                  <td className="py-1 pr-3 text-right tabular-nums">{durationText(longest)}</td>
                  <td className="py-1">{wordsOf(outcome)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {refusals.length > 0 && (
        <p className="mt-2 text-sm text-mute">
          Refused at least: {refusals.map(({ code, count }) => `${count} × ${wordsOf(code.toLowerCase())}`).join(', ')}.
        </p>
      )}
    </Panel>
  );
}
