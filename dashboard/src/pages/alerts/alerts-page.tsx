// What is wrong, and what was: one row for each cause, with what to do about it.

import { useMemo } from 'react';
import { useParam } from '../../data/params.ts';
import type { AlertView } from '../../data/types.ts';
import { useList } from '../../data/view.ts';
import { Choice } from '../../parts/choice.tsx';
import { Cut } from '../../parts/cut.tsx';
import { PageTitle } from '../../parts/panel.tsx';
import { Empty, Loading, Trouble } from '../../parts/states.tsx';
import { wordsOf } from '../../parts/words.ts';
import { AlertCard } from './alert-card.tsx';

const CHOICES = ['open', 'closed', 'all'] as const;

export function AlertsPage() {
  const [which, setWhich] = useParam('show', 'open');
  const [code, setCode] = useParam('code', '');
  const [search, setSearch] = useParam('q', '');
  const [marked] = useParam('alert', '');
  const list = useList<AlertView>('/v1/alerts', 'alerts', {
    params: { closed: true },
    topics: ['alert.', 'incident.'],
  });
  const rows = list.data?.body.rows ?? NONE;
  const codes = useMemo(() => [...new Set(rows.map((row) => row.code))].toSorted(), [rows]);
  const shown = useMemo(
    () => rows.filter((row) => isShown(row, { which, code, search, marked })),
    [rows, which, code, search, marked],
  );
  const open = rows.filter((row) => row.closed === null).length;
  return (
    <>
      <PageTitle title="Alerts">
        <div className="flex flex-wrap items-center gap-2">
          <Choice
            label="Which alerts"
            value={which}
            options={CHOICES.map((id) => ({ id, label: labelOf(id, { open, all: rows.length }) }))}
            onChange={setWhich}
          />
          <select
            aria-label="Kind of alert"
            className="field"
            value={code}
            onChange={(event) => setCode(event.target.value)}
          >
            <option value="">every kind</option>
            {codes.map((each) => (
              <option key={each} value={each}>
                {wordsOf(each)}
              </option>
            ))}
          </select>
          <input
            type="search"
            aria-label="Search in alerts"
            placeholder="Search"
            className="field w-44"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </div>
      </PageTitle>
      {list.error !== null && <Trouble problem={list.error} />}
      {list.isPending && list.error === null && <Loading />}
      <Cut list={list.data?.body} what="alerts" also="brigade alerts" />
      {list.data !== undefined && shown.length === 0 && (
        <Empty title={rows.length === 0 ? 'There was no alert' : 'None of the alerts is like that'}>
          {rows.length === 0
            ? 'An alert opens when a holder falls silent, a line grows, agents wait in a circle, a process dies with a lock in its hand, and for nine more causes. Each opens once, and closes when its cause is gone.'
            : `There are ${rows.length}; change what is shown above.`}
        </Empty>
      )}
      <ol className="grid gap-3" aria-label="Alerts">
        {list.data !== undefined &&
          shown.slice(0, SHOWN).map((alert) => (
            <li key={alert.alert}>
              <AlertCard alert={alert} of={list.data} isMarked={String(alert.alert) === marked} />
            </li>
          ))}
      </ol>
      {shown.length > SHOWN && (
        <p className="mt-3 text-mute">{shown.length - SHOWN} older ones are not shown; search for them.</p>
      )}
    </>
  );
}

const NONE: readonly AlertView[] = [];
/** More than anybody reads from top to bottom. */
const SHOWN = 200;

interface Wanted {
  readonly which: string;
  readonly code: string;
  readonly search: string;
  readonly marked: string;
}

function isShown(alert: AlertView, { which, code, search, marked }: Wanted): boolean {
  // A link to one alert shows it whatever became of it.
  if (String(alert.alert) === marked) return true;
  if (which !== 'all' && (which === 'open') !== (alert.closed === null)) return false;
  if (code !== '' && alert.code !== code) return false;
  const { text, next, agents, resources } = alert;
  return [text, next, ...agents, ...resources].some((each) => each.toLowerCase().includes(search.toLowerCase()));
}

function labelOf(id: (typeof CHOICES)[number], { open, all }: { readonly open: number; readonly all: number }): string {
  if (id === 'open') return `Open ${open}`;
  return id === 'closed' ? `Closed ${all - open}` : 'All';
}
