// What the server answers, by the types of its own sources: a view that changes there no longer compiles here.

import type { SeriesView } from '../../../src/core/history/stretch-views.ts';
import type { IncidentLine } from '../../../src/core/view/incident-views.ts';
import type { AlertView } from '../../../src/core/view/views.ts';
import type { spokenDiagnosis as diagnosisOf } from '../../../src/surface/answer/spoken-diagnosis.ts';
import type { spokenMessageView as messageOf } from '../../../src/surface/answer/spoken-messages.ts';
import type {
  spokenCheckIns as checkInsOf,
  spokenHeat as heatOf,
  spokenTimeline as timelineAs,
} from '../../../src/surface/answer/spoken-stretches.ts';
import type {
  spokenFleet as fleetOf,
  spokenLock as lockOf,
  spokenWaits as waitsOf,
} from '../../../src/surface/answer/spoken-views.ts';

export type { HostProcess } from '../../../src/app/host-processes.ts';
export type { IncidentReport } from '../../../src/core/incident/report/report.ts';
export type { IncidentLine } from '../../../src/core/view/incident-views.ts';
export type { AgentView, AlertView, Presence, SessionView } from '../../../src/core/view/views.ts';

export type SpokenLock = ReturnType<typeof lockOf>;
export type SpokenWaits = ReturnType<typeof waitsOf>;
export type SpokenWaiter = SpokenWaits['waiters'][number];

/** `/v1/fleet`. */
export type SpokenFleet = Omit<ReturnType<typeof fleetOf>, 'alerts' | 'incidents'> & {
  readonly alerts: readonly AlertView[];
  readonly incidents: readonly IncidentLine[];
  readonly fleetId: string | null;
  readonly foundedAt: string | null;
  readonly root: string;
  readonly store: string;
  readonly trouble: { readonly code: string; readonly message: string } | null;
};

/** `/v1/diagnose`. */
export type SpokenDiagnosis = ReturnType<typeof diagnosisOf>;
export type SpokenFinding = SpokenDiagnosis['findings'][number];

/** `/v1/metrics/series`: of each step one number; counters count within it, null is unknown. */
export interface MetricsSeries extends Pick<SeriesView, 'stepMs' | 'isWhole' | 'atMs'> {
  readonly series: SeriesView['series'] & { readonly commitMs: readonly (number | null)[] };
}

/** `/v1/heat`. */
export type SpokenHeat = ReturnType<typeof heatOf>;
export type SpokenHeatRow = SpokenHeat['rows'][number];

/** `/v1/agents/{id}/checkins`. */
export type SpokenCheckIns = ReturnType<typeof checkInsOf>;
export type SpokenCheckIn = SpokenCheckIns['checkins'][number];

/** As an operator sees it, of `/v1/messages`. */
export type SpokenMessage = ReturnType<typeof messageOf>;

/** `/v1/timeline`. */
export type SpokenTimeline = ReturnType<typeof timelineAs>;
export type SpokenLane = SpokenTimeline['lanes'][number];
export type SpokenSpan = SpokenLane['spans'][number];
export type SpokenMark = SpokenLane['marks'][number];
