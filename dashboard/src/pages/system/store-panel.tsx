import type { MetricsSeries } from '../../data/types.ts';
import { useView } from '../../data/view.ts';
import { Badge } from '../../parts/badge.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Sparkline } from '../../parts/sparkline.tsx';
import { Loading, Trouble } from '../../parts/states.tsx';
import { Lasting } from '../../parts/time.tsx';
import { counted } from '../../parts/words.ts';
import { type Caveat, useSystem } from './system-view.ts';

export function StorePanel() {
  const system = useSystem();
  const series = useView<MetricsSeries>('/v1/metrics/series', { params: { minutes: 60 } }).data?.body.series;
  if (system.error !== null && system.data === undefined) return <Trouble problem={system.error} />;
  if (system.data === undefined) return <Loading />;
  const { version, node, pid, uptimeMs, store, desk, granting, trouble, clock } = system.data.body;
  const wrong = [
    trouble?.message,
    desk.trouble?.message,
    clock.finding?.message,
    granting.ok ? undefined : granting.why,
  ].filter((each) => each !== undefined);
  const isWell = wrong.length === 0 && !store.caveats.some(needsSomebody);
  const grown = series?.events.reduce((sum, each) => sum + each, 0) ?? null;
  return (
    <Panel
      title="The log and its keeper"
      aside={isWell ? <Badge tone="good">All is well</Badge> : <Badge tone="bad">Look here</Badge>}
    >
      {wrong.map((each) => (
        <p key={each} role="alert" className="mb-2 rounded-md bg-bad-soft px-3 py-2 text-bad">
          {each}
        </p>
      ))}
      <Caveats caveats={store.caveats} />
      <Facts
        rows={[
          [
            'Where',
            <span key="w" className="font-mono text-sm">
              {store.location}
            </span>,
          ],
          ['An answer', SURVIVES[store.durability] ?? `survives a ${store.durability}`],
          ['Head', `event ${store.head.seq.toLocaleString('en')}, epoch ${store.head.epoch}, format ${store.format}`],
          ['Size', sizeOf(store)],
          [
            'Growth',
            <div key="g">
              {grown === null ? 'not known' : `${counted(grown, 'event')} in the last hour`}
              <Sparkline values={series?.events ?? []} />
            </div>,
          ],
          [
            'Snapshot',
            store.snapshot === null ? (
              'none yet; the log is short'
            ) : (
              <>
                of event {store.snapshot.seq.toLocaleString('en')}
                {store.snapshot.ageMs !== null && (
                  <>
                    , <Lasting ms={store.snapshot.ageMs} of={system.data} /> old
                  </>
                )}
              </>
            ),
          ],
          [
            'Archives',
            store.archives === null || store.archives.count === 0
              ? 'none'
              : `${store.archives.count}, ${bytesText(store.archives.bytes)}`,
          ],
          ['Desk', deskText(desk)],
          [
            'Server',
            <>
              Brigade {version} on Node {node.replace(/^v/, '')}, pid {pid}, up for{' '}
              <Lasting ms={uptimeMs} of={system.data} />
            </>,
          ],
        ]}
      />
    </Panel>
  );
}

type Store = NonNullable<ReturnType<typeof useSystem>['data']>['body']['store'];
type Desk = NonNullable<ReturnType<typeof useSystem>['data']>['body']['desk'];

/** What an answer survives, by what the store says. */
const SURVIVES: Readonly<Record<string, string>> = {
  nothing: 'is gone with its process',
  process: 'survives the death of a process, and may be lost with the power',
  host: 'is on disk before it is given: it survives a power cut',
  quorum: 'is on the disks of most members before it is given: it survives the loss of the others',
};

function needsSomebody({ isGrave, stopsWriting }: Caveat): boolean {
  return isGrave || stopsWriting === true;
}

/** The grave ones first, in the colour of what is wrong; each with what to do. */
function Caveats({ caveats }: { readonly caveats: Store['caveats'] }) {
  if (caveats.length === 0) return null;
  const graveFirst = caveats.toSorted((a, b) => Number(needsSomebody(b)) - Number(needsSomebody(a)));
  return (
    <ul className="mb-3 grid gap-2" aria-label="What to know of the store">
      {graveFirst.map((caveat) => (
        <li
          key={`${caveat.code} ${caveat.message}`}
          className={`rounded-md px-3 py-2 ${needsSomebody(caveat) ? 'bg-bad-soft text-bad' : 'bg-raised'}`}
        >
          <p>{caveat.message}</p>
          <p className="text-sm">
            {caveat.next} <span className="font-mono text-xs text-mute">{caveat.code}</span>
          </p>
        </li>
      ))}
    </ul>
  );
}

function sizeOf({ kind, logBytes, walBytes, events, oldestSeq }: Store): string {
  const held = events === null ? `since event ${oldestSeq}` : counted(events, 'event');
  if (logBytes === null) return kind === 'memory' ? `in memory, ${held}` : `${held}, on the server`;
  const beside = walBytes === null || walBytes === 0 ? '' : ` and ${bytesText(walBytes)} not yet folded in`;
  return `${bytesText(logBytes)}${beside}, ${held}`;
}

function deskText({ role, pid, clients }: Desk): string {
  if (role === 'desk') return `this server is the desk of the host, ${counted(clients ?? 0, 'client')}`;
  if (role === 'client') return `this server asks the desk${pid === null ? '' : ` (pid ${pid})`}`;
  return role === 'finding' ? 'looking for it' : 'none: this server writes the log itself';
}

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

function bytesText(bytes: number): string {
  const power = Math.min(UNITS.length - 1, bytes < 1_000 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1_000 ** power;
  return `${power === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${UNITS[power]}`;
}
