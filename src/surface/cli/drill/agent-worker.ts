// An agent process of the drill. It leads a process group of its own, which holds it and its `brigade mcp`, so that both can
// be stopped or ended together, as a terminal session is. It ends with the drill that started it.

import { clock } from '../../../compose.ts';
import { openNotebook } from './agent/notebook.ts';
import { Agent } from './agent/orders.ts';
import type { FromAgent, ToAgent } from './protocol.ts';

let agent: Agent | null = null;
let goOn: () => void = () => undefined;
let guarded: number | null = null;

process.on('message', (message: ToAgent) => {
  switch (message.kind) {
    case 'start': {
      const notebook = openNotebook(message.start.journal, {
        monotonicMs: () => clock.monotonicMs(),
        onLine: (line) => say({ kind: 'noted', line }),
      });
      agent = new Agent(message.start, notebook);
      say({ kind: 'ready' });
      return;
    }
    case 'goOn':
      goOn();
      return;
    case 'guard':
      guarded = message.group;
      return;
    case 'order':
      void obey(message);
  }
});

// The drill is gone: nobody tells this agent what to do, and nobody would end it, nor the one that stands still.
process.on('disconnect', () => {
  wakeGuarded();
  void leave();
});

function wakeGuarded(): void {
  try {
    if (guarded !== null) process.kill(-guarded, 'SIGCONT');
  } catch (error) {
    // Another agent woke it first, and it has ended.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function obey({ number, order }: Extract<ToAgent, { kind: 'order' }>): Promise<void> {
  try {
    if (agent === null) throw new Error('an order came before the start');
    const result = await agent.obey(order, (token) => holdAt(number, token));
    say({ kind: 'done', number, result });
  } catch (error) {
    say({ kind: 'failed', number, error: error instanceof Error ? error.message : String(error) });
  }
}

function holdAt(number: number, token: number): Promise<void> {
  return new Promise((resolve) => {
    goOn = resolve;
    say({ kind: 'holding', number, token });
  });
}

async function leave(): Promise<void> {
  try {
    await agent?.leave();
  } finally {
    process.exit();
  }
}

function say(message: FromAgent): void {
  // A channel that closes while this is said means that the drill is gone; `disconnect` follows.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}
