// May this page act for an operator? A cookie that its scripts cannot read says so; the server tells whose it is.

import { useQuery } from '@tanstack/react-query';
import { getJson, send } from './api.ts';
import { live } from './live.ts';
import { AUTH_KEY, queries } from './view.ts';

/** Undefined: not known yet. Null: nobody; the page may look, and not act. */
export function useOperator(): string | null | undefined {
  const { data } = useQuery({
    queryKey: AUTH_KEY,
    queryFn: async () => (await getJson<{ readonly operator: string | null }>('/auth')).body.operator,
    // A cookie ends by itself.
    refetchInterval: ({ state }) => (state.status === 'error' ? 5_000 : 60_000),
    staleTime: 30_000,
  });
  return data;
}

/** Throws `Problem` when it is not the operator token of this fleet. */
export async function signIn(token: string): Promise<void> {
  await send('POST', '/auth/token', { token });
  tellTabs();
  await asAnother();
}

/** Throws `Problem` when the server cannot be reached: it still knows this browser then. */
export async function signOut(): Promise<void> {
  await send('POST', '/auth/logout');
  tellTabs();
  await asAnother();
}

/** The cookie is of all tabs of this browser: what one of them does, the others hear. */
const tabs = new BroadcastChannel('brigade.auth');
tabs.addEventListener('message', () => void asAnother());

function tellTabs(): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel is of one origin, and takes none
  tabs.postMessage(null);
}

/** What is shown depends on who looks: the feed tells operators more, and off its host a server tells strangers nothing. */
async function asAnother(): Promise<void> {
  live.anew();
  void queries.invalidateQueries();
  await queries.refetchQueries({ queryKey: AUTH_KEY });
}
