import { describe, expect, it } from 'vitest';
import { type Tried, unavailable } from './etcd-faults.ts';

const reset: Tried = { label: 'a:2379', said: 'ECONNRESET' };
const hung: Tried = { label: 'a:2379', said: 'socket hang up' };
const late: Tried = { label: 'b:2379', said: 'no answer in time' };
const TLS = 'If it speaks TLS, its URL begins with etcds://.';
const BACK = 'It goes on by itself once a majority of its members can be reached.';

describe('where nobody answered', () => {
  it.each([
    ['etcd://a:2379', [late], [BACK]],
    ['etcd://a:2379', [reset, hung], [TLS]],
    ['etcd://a:2379,b:2379', [reset, late], [TLS, BACK]],
    ['etcds://a:2379', [reset, late], [BACK]],
  ] as const)('at %s, %j: says what to do', (location, tried, advice) => {
    const { message } = unavailable(location, tried, false);
    expect([TLS, BACK].filter((each) => message.includes(each))).toEqual(advice);
    expect(message).not.toMatch(/ {2}|\s$/);
  });

  it('says of what may have been written that reading will show it', () => {
    const fault = unavailable('etcd://a:2379', [reset], true);
    expect(fault.message).toMatch(/ECONNRESET \(a:2379\)\. Whether it was written is not known/);
    expect(fault).toMatchObject({ details: { outcome: 'unknown' } });
  });
});
