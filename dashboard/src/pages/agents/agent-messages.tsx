import { useState } from 'react';
import { SignInDialog } from '../../actions/sign-in.tsx';
import { useOperator } from '../../data/operator.ts';
import type { SpokenMessage } from '../../data/types.ts';
import { useView } from '../../data/view.ts';
import { Badge } from '../../parts/badge.tsx';
import { AgentLink, ResourceLink } from '../../parts/go-to.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Scrolling } from '../../parts/scrolling.tsx';
import { Empty, Loading, Trouble } from '../../parts/states.tsx';
import { When } from '../../parts/time.tsx';

interface MessagesPage {
  readonly messages: readonly SpokenMessage[];
  readonly total: number;
}

/** What an agent wrote and was written; for operators only. */
export function AgentMessages({ agentId }: { readonly agentId: string }) {
  const operator = useOperator();
  return <Panel title="Messages">{operator == null ? <ForOperators /> : <Messages agentId={agentId} />}</Panel>;
}

function ForOperators() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Empty title="What agents write to each other is for operators">
        <button type="button" className="button mt-2" onClick={() => setOpen(true)}>
          Act as operator
        </button>
      </Empty>
      <SignInDialog isOpen={isOpen} onClose={() => setOpen(false)} />
    </>
  );
}

function Messages({ agentId }: { readonly agentId: string }) {
  const view = useView<MessagesPage>('/v1/messages', {
    params: { agentId, limit: 100 },
    topics: ['message.'],
    isOfNow: true,
  });
  if (view.error !== null) return <Trouble problem={view.error} />;
  if (view.data === undefined) return <Loading />;
  const { messages, total } = view.data.body;
  if (messages.length === 0)
    return (
      <Empty title="No messages">Agents write to each other with the tool send_message, and to all at once.</Empty>
    );
  return (
    <Scrolling label="Messages, the newest first">
      <ol className="grid gap-2.5">
        {messages.toReversed().map((message) => (
          <Message key={message.messageId} message={message} agentId={agentId} />
        ))}
      </ol>
      {total > messages.length && <p className="mt-2 text-mute">and {total - messages.length} older ones</p>}
    </Scrolling>
  );
}

function Message({
  message: { messageId, from, to, type, text, replyTo, lease, at, isRead, answered },
  agentId,
}: {
  readonly message: SpokenMessage;
  readonly agentId: string;
}) {
  return (
    <li className="border-l-4 border-line pl-3">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5 text-sm text-mute">
        <Who name={from} agentId={agentId} /> to <Who name={to} agentId={agentId} />
        <Badge tone={type === 'task' ? 'info' : 'plain'}>{type}</Badge>
        <When at={at} />
        <span>{messageId}</span>
        {replyTo !== null && <span>in reply to {replyTo}</span>}
        {isRead === false && <Badge tone="warn">not read yet</Badge>}
        {answered !== null && <Badge tone="good">{answered === 'confirm' ? 'confirmed' : 'dismissed'}</Badge>}
      </p>
      {lease !== null && (
        <p className="text-sm">
          about <ResourceLink name={lease.resource} />
          {lease.holds ? '' : ', which was let go of since'}
        </p>
      )}
      <p className="whitespace-pre-wrap">{text}</p>
    </li>
  );
}

function Who({ name, agentId }: { readonly name: string; readonly agentId: string }) {
  if (name === '*') return <span className="font-medium text-ink">everybody</span>;
  return name === agentId || name.includes(':') ? (
    <span className="font-medium text-ink">{name}</span>
  ) : (
    <AgentLink id={name} />
  );
}
