// What an agent does on each order. Orders come one at a time.

import type { AgentStart, Order, OrderResult, PlannedUpdate } from '../protocol.ts';
import { cross } from './crossing.ts';
import { callOnce, hammer, load, waitFor } from './free-work.ts';
import type { Held } from './locks.ts';
import { lookAround } from './look-around.ts';
import type { Notebook } from './notebook.ts';
import { tend } from './tending.ts';
import { ToolCalls } from './tool-calls.ts';
import { type Desk, makeUpdate, takeLock, writeUnder } from './updates.ts';
import { writeWithoutLock } from './without-lock.ts';

/** Says that a lock is in hand, and waits until the drill says to go on. */
export type Gate = (token: number) => Promise<void>;

export class Agent {
  readonly #start: AgentStart;
  readonly #notebook: Notebook;
  #calls: ToolCalls | null = null;
  #agentId = '';

  constructor(start: AgentStart, notebook: Notebook) {
    this.#start = start;
    this.#notebook = notebook;
  }

  async obey(order: Order, gate: Gate): Promise<OrderResult> {
    switch (order.do) {
      case 'connect':
        this.#calls = await ToolCalls.connect(this.#start, this.#notebook);
        return {};
      case 'register':
        return { agentId: await this.#register() };
      case 'work':
        for (const update of order.updates) await this.#update(update);
        return {};
      case 'holdThenWrite':
        await this.#holdThenWrite(order.update, gate);
        return {};
      case 'tend':
        await tend(this.#desk(), order.piece);
        return {};
      case 'look':
        return { sentences: await lookAround(this.#desk()) };
      case 'cross':
        await cross(this.#desk(), order, gate);
        return {};
      case 'call':
        return callOnce(this.#desk(), order.tool, order.args);
      case 'acquire':
        return waitFor(this.#desk(), order);
      case 'hammer':
        return hammer(this.#desk(), order, untilToldBy(gate));
      case 'load':
        return load(this.#desk(), order, untilToldBy(gate));
      case 'leave':
        await this.leave();
        return {};
    }
  }

  async leave(): Promise<void> {
    await this.#calls?.close();
    this.#calls = null;
  }

  async #register(): Promise<string> {
    const { asks, client } = this.#start.member;
    const { calls, notebook } = this.#desk();
    const heard = await calls.call<{
      readonly agentId: string;
      readonly sessionId: string;
      readonly warnings: readonly string[];
    }>('register', { ...asks, client });
    if (!heard.ok) throw new Error(`register answered ${heard.code}: ${heard.message}`);
    const { agentId, sessionId, warnings } = heard.reply;
    this.#agentId = agentId;
    notebook.note('registered', { agentId, sessionId, warnings });
    return agentId;
  }

  #update(planned: PlannedUpdate): Promise<void> {
    const breaks = process.env.BRIGADE_DRILL_BREAK === `${this.#agentId}:${planned.update}`;
    if (breaks) return writeWithoutLock(this.#desk(), planned);
    return makeUpdate(this.#desk(), planned);
  }

  /**
   * Stops with the lock in hand. Whoever was stopped there for long comes back with a token that may be old, and does what
   * comes next as if nothing had happened; what it is told decides.
   */
  async #holdThenWrite(planned: PlannedUpdate, gate: Gate): Promise<void> {
    const desk = this.#desk();
    const held = await takeLock(desk, planned.update);
    await gate(held.leases[0]?.token ?? 0);
    if (await writeUnder(desk, held, planned)) return;
    await tryToRenew(desk, held);
    await makeUpdate(desk, planned);
  }

  #desk(): Desk {
    if (this.#calls === null) throw new Error('not connected');
    return { calls: this.#calls, notebook: this.#notebook, agentId: this.#agentId, workspace: this.#start.workspace };
  }
}

/** True once the drill has said to go on. */
function untilToldBy(gate: Gate): () => boolean {
  let isTold = false;
  const hear = async (): Promise<void> => {
    await gate(0);
    isTold = true;
  };
  void hear();
  return () => isTold;
}

/** What else an agent might try with a lock that has ended: to keep it. */
async function tryToRenew({ calls }: Desk, { leases: [lease] }: Held): Promise<void> {
  if (lease === undefined) return;
  const { resource, token } = lease;
  await calls.call('acquire_lock', { leases: [{ resource, token }] }, { token });
}
