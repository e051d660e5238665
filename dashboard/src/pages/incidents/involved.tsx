import { durationText } from '../../../../src/core/view/duration-text.ts';
import type { IncidentReport } from '../../data/types.ts';
import { AgentLink, ResourceLink } from '../../parts/go-to.tsx';
import { Panel } from '../../parts/panel.tsx';
import { wordsOf } from '../../parts/words.ts';

export function Involved({ agents, locks }: Pick<IncidentReport, 'agents' | 'locks'>) {
  return (
    <Panel title="Who and what was involved">
      <ul className="grid gap-2">
        {agents.map(({ agentId, client, purpose, lifecycle, sessions, lastDid }) => (
          <li key={agentId}>
            <AgentLink id={agentId} />{' '}
            <span className="text-mute">
              {client}
              {purpose === null ? '' : `, for ${purpose}`}
              {lifecycle === 'active' ? '' : `, ${lifecycle}`}
              {sessions.map(({ sessionId, presence, processes }) => (
                <span key={sessionId}>
                  ; {presence === 'unknown' ? 'no process known' : `process ${presence}`}
                  {processes.length > 0 && ` (pid ${processes.map(({ pid }) => pid).join(', ')})`}
                </span>
              ))}
            </span>
            {lastDid !== null && <p className="text-sm">Last did: {lastDid.text}</p>}
          </li>
        ))}
      </ul>
      <ul className="mt-4 grid gap-3">
        {locks.map(({ resource, holders, line, leftOut }) => (
          <li key={resource}>
            <ResourceLink name={resource} />
            <ul className="mt-0.5 list-disc pl-5 text-sm">
              {holders.map(({ agentId, token, heldMs, end }) => (
                <li key={token}>
                  held by <AgentLink id={agentId} /> {heldMs === null ? '' : `for ${durationText(heldMs)}`}, token{' '}
                  {token}: {wordsOf(end)}
                </li>
              ))}
              {line.map(({ agentId, ticket, waitedMs, end }) => (
                <li key={ticket}>
                  <AgentLink id={agentId} /> waited {durationText(waitedMs)}: {wordsOf(end)}
                </li>
              ))}
            </ul>
            {leftOut.holders + leftOut.line > 0 && (
              <p className="text-sm text-mute">and {leftOut.holders + leftOut.line} more</p>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
