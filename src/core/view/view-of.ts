// Any view, by its query.

import type { FleetState } from '../fleet-state.ts';
import type { Instant } from '../instant.ts';
import { agentsView } from './agent-view.ts';
import { alertsView } from './alert-view.ts';
import { countsView } from './counts-view.ts';
import { deliveriesView } from './deliveries-view.ts';
import { diagnosisView } from './diagnosis-view.ts';
import { fleetView } from './fleet-view.ts';
import { heldView } from './held-view.ts';
import { incidentsView, incidentView } from './incident-view.ts';
import { holderView, locksView } from './lock-view.ts';
import { messagesView } from './message-view.ts';
import { policyView } from './policy-view.ts';
import { sessionsView, sessionView } from './session-view.ts';
import { stateView } from './state-view.ts';
import type { PresenceOf, Query, ViewOf, ViewOfKind } from './views.ts';
import { waitsView } from './waits-view.ts';

type AnyView = ViewOfKind[Query['kind']];

/** What `query` shows of `state` at `at`. Changes nothing; bounded whatever is asked for. */
export function viewOf<Q extends Query>(state: FleetState, at: Instant, presence: PresenceOf, query: Q): ViewOf<Q> {
  return answer(state, at, presence, query) as ViewOf<Q>;
}

function answer(state: FleetState, at: Instant, presence: PresenceOf, query: Query): AnyView {
  switch (query.kind) {
    case 'fleet':
      return fleetView(state, at, presence, query);
    case 'counts':
      return countsView(state, at);
    case 'locks':
      return locksView(state, at, presence, query);
    case 'agents':
      return agentsView(state, at, presence, query);
    case 'sessions':
      return sessionsView(state, at, presence, query);
    case 'waits':
      return waitsView(state, at, presence, query);
    case 'state':
      return stateView(state, at, presence, query);
    case 'messages':
      return messagesView(state, at, query);
    case 'session':
      return sessionView(state, at, presence, query);
    case 'holder':
      return holderView(state, at, presence, query);
    case 'held':
      return heldView(state, at, presence, query);
    case 'alerts':
      return alertsView(state, at, query);
    case 'incidents':
      return incidentsView(state, at, query);
    case 'incident':
      return incidentView(state, at, presence, query);
    case 'diagnosis':
      return diagnosisView(state, at, presence, query);
    case 'policy':
      return policyView(state);
    case 'deliveries':
      return deliveriesView(state, at);
    case 'token':
      return isToken(state, query);
  }
}

function isToken({ fleet }: FleetState, { which, tokenHash }: Query & { kind: 'token' }): boolean {
  const known = which === 'operator' ? fleet?.operatorTokenHash : fleet?.joinTokenHash;
  return known === tokenHash;
}
