import { describe, expect, it } from 'vitest';
import { CoreFleet } from '../../../test/support/core-fleet.ts';
import { exportState } from '../fleet/state-image.ts';
import { withoutMessageText } from './private-text.ts';

// The commands of this fleet are their own hash, so the words stand there too.
describe('facts for whoever may not read messages', () => {
  const fleet = new CoreFleet();
  for (const name of ['ana', 'bo']) fleet.join(name);
  const message = {
    op: 'send_message',
    to: 'bo',
    kind: 'info',
    text: 'between us',
    replyTo: null,
    resource: null,
  } as const;
  fleet.says('ana', message);

  it('have no text of a message, and every other fact as it is', () => {
    const told = fleet.events.map(withoutMessageText);
    expect(JSON.stringify(fleet.events)).toContain('between us');
    expect(JSON.stringify(told)).not.toContain('between us');
    const isOther = ({ type }: { readonly type: string }): boolean => type !== 'message.sent';
    expect(told.filter(isOther)).toEqual(fleet.events.filter(isOther));
  });

  it('have none in the state with which a lost log starts again', () => {
    const state = exportState(fleet.state);
    expect(JSON.stringify(state)).toContain('between us');
    const started = withoutMessageText({ type: 'epoch.started', why: 'lost', state });
    expect(JSON.stringify(started)).not.toContain('between us');
    expect(started.state).toMatchObject({ fleet: { fleetId: 'f1' } });
  });

  it('keep what sessions were told of anything else', () => {
    fleet.acquire('bo', ['task:a']);
    fleet.operator({ op: 'revoke', resource: 'task:a', token: null, reason: 'needed elsewhere' });
    const started = withoutMessageText({ type: 'epoch.started', why: 'lost', state: exportState(fleet.state) });
    expect(JSON.stringify(started)).toContain('revoked it: needed elsewhere');
    expect(JSON.stringify(started)).not.toContain('between us');
  });

  it('are told of a message that came with no request, and of a state that is none', () => {
    const sent = { type: 'message.sent', text: 'between us' };
    expect(withoutMessageText(sent)).toEqual({ ...sent, text: '' });
    expect(withoutMessageText({ ...sent, request: undefined })).toEqual({ ...sent, text: '', request: undefined });
    for (const state of [null, undefined, { image: 9 }])
      expect(withoutMessageText({ type: 'epoch.started', state })).toEqual({ type: 'epoch.started', state });
  });
});
