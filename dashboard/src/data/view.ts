// Views of the fleet, for components: the server's answer, kept as long as somebody shows it, and asked for again when an event
// concerns it. Of the past nothing changes, and nothing is asked twice.

import { QueryCache, QueryClient, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { type Answered, addressOf, getJson, type Params, Problem } from './api.ts';
import { type LiveBatch, live } from './live.ts';
import { useMoment } from './moment.ts';
import { Pace } from './pace.ts';

/** Beginnings of the event types that a view depends on, as in `lease.`; `*` for all. */
export type Topics = readonly string[];

export type View<T> = UseQueryResult<Answered<T>, Problem>;

export interface ViewOptions {
  readonly params?: Params;
  /** None: it is asked for again slowly only. */
  readonly topics?: Topics;
  /** It has no past: it is asked for as of now whatever the page shows. */
  readonly isOfNow?: boolean;
  readonly isOff?: boolean;
}

/** Who this browser is to the server. */
export const AUTH_KEY = ['/auth'];

export const queries = new QueryClient({
  queryCache: new QueryCache({
    onError(error) {
      // The cookie of an operator has ended, or the server that knew it.
      if (error instanceof Problem && error.status === 401) forgotten();
    },
  }),
  defaultOptions: {
    queries: {
      retry: false,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      // Answers are new as a whole: their durations have all grown.
      structuralSharing: false,
      staleTime: 0,
      gcTime: 60_000,
    },
  },
});

/** The server does not know this browser as it did: whatever depends on that is asked for again. */
export function forgotten(): void {
  void queries.invalidateQueries({ queryKey: AUTH_KEY });
  live.doubt();
}

/** One answer of the server. */
export function useView<T>(path: string, options: ViewOptions = {}): View<T> {
  return useAsked<T>(path, options, (params, signal) => getJson<T>(path, params, signal));
}

/** A list as a whole, page after page; `isWhole` is false where it is longer than what a page of a browser should hold. */
export function useList<T>(path: string, member: string, options: ViewOptions = {}): View<WholeList<T>> {
  return useAsked<WholeList<T>>(`${path}#all`, options, async (params, signal) => {
    const rows: T[] = [];
    let cursor: string | null = null;
    let total = 0;
    let answered: Answered<ListPage> | null = null;
    do {
      answered = await getJson<ListPage>(path, { ...params, limit: PAGE_ROWS, cursor }, signal);
      rows.push(...(answered.body[member] as readonly T[]));
      ({ cursor, total } = answered.body);
    } while (cursor !== null && rows.length < LIST_MAX);
    return { ...answered, body: { rows, total: Math.max(total, rows.length), isWhole: cursor === null } };
  });
}

export interface WholeList<T> {
  readonly rows: readonly T[];
  readonly total: number;
  readonly isWhole: boolean;
}

interface ListPage {
  readonly cursor: string | null;
  readonly total: number;
  readonly [member: string]: unknown;
}

const PAGE_ROWS = 1_000;
const LIST_MAX = 20_000;

function useAsked<T>(
  name: string,
  { params = {}, topics = [], isOfNow = false, isOff = false }: ViewOptions,
  ask: (params: Params, signal: AbortSignal) => Promise<Answered<T>>,
): View<T> {
  const { at } = useMoment();
  const asked = isOfNow ? params : { ...params, at };
  const key = addressOf(name, asked);
  const isPast = asked.at != null;
  const view = useQuery<Answered<T>, Problem>(
    {
      queryKey: [key],
      queryFn: ({ signal }) => ask(asked, signal),
      enabled: !isOff,
      // While another moment is on its way, the last one stays in sight.
      placeholderData: (last) => last,
      ...(isPast ? { staleTime: Number.POSITIVE_INFINITY } : {}),
    },
    queries,
  );
  const listens = topics.join(' ');
  useEffect(() => (isPast || isOff ? undefined : follow(key, listens.split(' '))), [key, listens, isPast, isOff]);
  return view;
}

interface Followed {
  readonly pace: Pace;
  users: number;
  unhear: () => void;
}

/** Of each view one pace, however many show it. */
const followed = new Map<string, Followed>();

function follow(key: string, topics: Topics): () => void {
  let known = followed.get(key);
  if (known === undefined) {
    const own = { queryKey: [key], exact: true };
    const pace = new Pace(async () => {
      // An answer that is on its way was asked for before this happened.
      await queries.cancelQueries(own);
      await queries.refetchQueries(own);
    });
    const hear = (batch: LiveBatch): void => {
      if (concerns(batch, topics)) pace.changed();
    };
    known = { pace, users: 0, unhear: live.hear(hear) };
    followed.set(key, known);
  }
  const shared = known;
  shared.users += 1;
  return () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    shared.pace.end();
    shared.unhear();
    followed.delete(key);
  };
}

function concerns(batch: LiveBatch, topics: Topics): boolean {
  if (batch.all || topics.includes('*')) return true;
  return batch.events.some(({ type }) => topics.some((topic) => topic !== '' && type.startsWith(topic)));
}
