import { CircleCheckBig } from 'lucide-react';
import type { SpokenDiagnosis, SpokenFleet } from '../../data/types.ts';
import { useView } from '../../data/view.ts';
import { FindingCard } from '../../parts/finding-card.tsx';
import { GoTo } from '../../parts/go-to.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Loading, Trouble } from '../../parts/states.tsx';
import { AlertLine } from './alert-line.tsx';

const SHOWN = 6;

/** What is wrong, the cause before what follows from it, and what can be done about it. */
export function AttentionPanel() {
  const diagnosis = useView<SpokenDiagnosis>('/v1/diagnose', { topics: ['*'] });
  const fleet = useView<SpokenFleet>('/v1/fleet', { topics: ['*'] });
  const { findings = [], leftOut = 0 } = diagnosis.data?.body ?? {};
  // A finding says more than the alert on the same thing, and says it first.
  const told = new Set(findings.flatMap(({ agents, resources }) => [...agents, ...resources]));
  const alerts = (fleet.data?.body.alerts ?? []).filter(
    ({ agents, resources }) => ![...agents, ...resources].some((name) => told.has(name)),
  );
  const { incidents = [], granting, trouble } = fleet.data?.body ?? {};
  const isQuiet = findings.length === 0 && alerts.length === 0 && granting?.ok !== false && trouble == null;
  return (
    <Panel
      title="Needs attention"
      aside={
        incidents.length > 0 && (
          <GoTo to={`/incidents/${incidents[0]?.incident ?? ''}`} className="text-sm">
            {incidents.length === 1
              ? `Incident ${incidents[0]?.incident} is open`
              : `${incidents.length} open incidents`}
          </GoTo>
        )
      }
    >
      {diagnosis.error !== null && <Trouble problem={diagnosis.error} />}
      {diagnosis.isPending && diagnosis.error === null && <Loading what="Looking" />}
      {granting?.ok === false && (
        <p role="alert" className="mb-3 rounded-md bg-bad-soft px-3 py-2 text-bad">
          Nothing is granted now: {granting.why}
        </p>
      )}
      {diagnosis.data !== undefined && isQuiet && <Quiet />}
      <ul className="grid gap-3">
        {findings.slice(0, SHOWN).map((finding) => (
          <li key={finding.id} className="min-w-0">
            <FindingCard finding={finding} of={diagnosis.data ?? NOW} />
          </li>
        ))}
        {alerts.slice(0, SHOWN).map((alert) => (
          <li key={alert.alert} className="min-w-0">
            <AlertLine alert={alert} of={fleet.data ?? NOW} />
          </li>
        ))}
      </ul>
      {findings.length + leftOut > SHOWN && (
        <p className="mt-3 text-mute">
          And {findings.length + leftOut - SHOWN} more, of less weight. <GoTo to="/alerts">All alerts</GoTo>
        </p>
      )}
    </Panel>
  );
}

const NOW = { receivedMs: 0 };

function Quiet() {
  return (
    <div className="flex items-start gap-3">
      <CircleCheckBig aria-hidden className="mt-0.5 size-5 shrink-0 text-good" />
      <div>
        <p className="font-medium">Nothing needs you.</p>
        <p className="text-mute">
          Holders that fall silent, deadlocks, lines that grow and processes that died would stand here, with what to
          do.
        </p>
      </div>
    </div>
  );
}
