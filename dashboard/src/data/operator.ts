// May this page act for an operator? A cookie that its scripts cannot read says so; the server tells whose it is.

import { useQuery } from '@tanstack/react-query';
import { getJson, send } from './api.ts';
import { queries } from './view.ts';

const KEY = ['/auth'];

/** Undefined: not known yet. Null: nobody; the page may look, and not act. */
export function useOperator(): string | null | undefined {
  const { data } = useQuery({
    queryKey: KEY,
    queryFn: async () => (await getJson<{ readonly operator: string | null }>('/auth')).body.operator,
    // A cookie ends by itself.
    refetchInterval: 60_000,
    staleTime: 30_000,
  });
  return data;
}

/** Throws `Problem` when it is not the operator token of this fleet. */
export async function signIn(token: string): Promise<void> {
  await send('POST', '/auth/token', { token });
  await queries.invalidateQueries({ queryKey: KEY });
}

export async function signOut(): Promise<void> {
  await send('POST', '/auth/logout');
  await queries.invalidateQueries({ queryKey: KEY });
}
