// Whose id a registration gets where none was asked for. What is asked for by name is told in `test/scenarios/identity.scenario`.

import { describe, expect, it } from 'vitest';
import { CoreFleet } from '../../../test/support/core-fleet.ts';
import { registration } from '../../../test/support/registration.ts';
import { LIMITS } from '../limits.ts';
import { isRejection } from '../rejection.ts';

let sessions = 0;

/** The id that is given, or why none is. */
function idOf(fleet: CoreFleet, change: Parameters<typeof registration>[1]): string {
  sessions += 1;
  const fresh = { freshSessionId: `s${sessions}`, freshHandleHash: `h-${sessions}` };
  const { answer } = fleet.system(registration(null, { ...fresh, ...change }));
  if (isRejection(answer)) return answer.code;
  return answer.op === 'register' ? answer.agentId : answer.op;
}

/** Somebody types a command, and is gone again. */
function types(fleet: CoreFleet): string {
  const id = idOf(fleet, { client: 'cli', user: 'kim' });
  fleet.says(String(sessions), { op: 'close_session', why: 'done' });
  return id;
}

describe('a person at a command line', () => {
  it('is one agent, whatever they type', () => {
    const fleet = new CoreFleet();
    expect([types(fleet), types(fleet)]).toEqual(['cli_kim', 'cli_kim']);
  });

  it('is nobody who looks like another', () => {
    const fleet = new CoreFleet();
    fleet.join('cli-kim');
    expect(types(fleet)).toBe('cli_kim_2');
  });

  it.each([
    ['pause', 'AGENT_PAUSED'],
    ['archive', 'cli_kim_2'],
    ['retire', 'cli_kim_2'],
  ] as const)('of whom an operator said %s hears or becomes %s', (op, id) => {
    const fleet = new CoreFleet();
    types(fleet);
    fleet.operator({ op, agentId: 'cli_kim', reason: 'so' });
    expect(types(fleet)).toBe(id);
  });

  it('comes back as itself where nobody but policy has archived it', () => {
    const fleet = new CoreFleet({ archive: { silentMs: LIMITS.silentMinMs } });
    types(fleet);
    fleet.atMs = LIMITS.silentMinMs;
    fleet.settle();
    expect(fleet.state.agents.get('cli_kim')?.lifecycle).toBe('archived');
    expect(types(fleet)).toBe('cli_kim');
  });
});

describe('a purpose', () => {
  it('in letters that an id cannot have still makes an agent that can be told apart', () => {
    const fleet = new CoreFleet();
    const kitchen = { client: '鍋', purpose: '煮る' };
    expect([idOf(fleet, kitchen), idOf(fleet, kitchen)]).toEqual(['agent_unnamed', 'agent_unnamed_2']);
  });
});
