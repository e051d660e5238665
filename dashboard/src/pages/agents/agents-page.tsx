import { useParams } from 'wouter';
import { AgentDetail } from './agent-detail.tsx';
import { AgentList } from './agent-list.tsx';

/** All agents, or the one that the address names. */
export function AgentsPage() {
  const { id } = useParams<{ readonly id?: string }>();
  return id === undefined ? <AgentList /> : <AgentDetail key={id} agentId={id} />;
}
