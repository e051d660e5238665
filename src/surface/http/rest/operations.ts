// Every route of REST, in the order of the document.

import type { Operation } from './operation.ts';
import { acknowledgeAlert, listAlerts, silenceAlert, unacknowledgeAlert } from './routes/alerts.ts';
import { checkChain, listAudit } from './routes/audit.ts';
import { LIFECYCLE, revokeLocks } from './routes/authority.ts';
import { diagnoseFleet, rescueFinding } from './routes/diagnosis.ts';
import { exportHistory } from './routes/export.ts';
import { getAgent, getFleet, listAgents, listProcesses, listSessions } from './routes/fleet.ts';
import { checkIn, getPolicy, recordOutcome, recover } from './routes/governance.ts';
import { closeIncident, getIncident, getIncidentReport, listIncidents, noteIncident } from './routes/incidents.ts';
import { getGraph, getLock, listLocks, listWaits } from './routes/lock-views.ts';
import { acquireLocks, checkToken, handOff, releaseLocks, renewLocks, withdrawTicket } from './routes/locks.ts';
import { readMessages, sendMessage } from './routes/messages.ts';
import { closeSession, register } from './routes/sessions.ts';
import { getState, listState, putState } from './routes/state.ts';
import { getHeat, getSeries, getTimeline, listCheckIns } from './routes/stretches.ts';
import { getSystem } from './routes/system.ts';

export const OPERATIONS: readonly Operation[] = [
  getFleet,
  listAgents,
  getAgent,
  listCheckIns,
  listSessions,
  register,
  closeSession,
  listLocks,
  getLock,
  acquireLocks,
  renewLocks,
  releaseLocks,
  withdrawTicket,
  checkToken,
  handOff,
  revokeLocks,
  listWaits,
  getGraph,
  getTimeline,
  getHeat,
  getSeries,
  diagnoseFleet,
  rescueFinding,
  listState,
  getState,
  putState,
  checkIn,
  recordOutcome,
  recover,
  getPolicy,
  readMessages,
  sendMessage,
  ...LIFECYCLE,
  listAlerts,
  acknowledgeAlert,
  unacknowledgeAlert,
  silenceAlert,
  listIncidents,
  getIncident,
  getIncidentReport,
  noteIncident,
  closeIncident,
  listProcesses,
  getSystem,
  listAudit,
  checkChain,
  exportHistory,
];
