// Every default and bound in one place, each with its reason. Durations are milliseconds of fleet time.

export const LIMITS = {
  /** Default wait of one call outside MCP: long enough for a build step, short enough that a person does not wonder. */
  waitMs: 30_000,
  /** Bound of a wait outside MCP. */
  waitMaxMs: 600_000,
  /** Clients of MCP give up at 60 s and progress does not extend it. */
  waitMcpMs: 25_000,
  /** Agents think for minutes between calls; 300 s is what the owners of the founding incident proposed. */
  ttlMs: 300_000,
  ttlMinMs: 1_000,
  ttlMaxMs: 86_400_000,
  /** A ticket outlives its last parked call by this long, so that a client may take a breath and ask again. */
  ticketMs: 120_000,
  ticketMaxMs: 3_600_000,
  /** How long an offer stands before the turn passes on. */
  claimMs: 30_000,
  claimMaxMs: 600_000,
  /** How long a handoff stands open. */
  handoffMs: 600_000,
  /** The longest belief handed out in one reply; also how long granting rests after the log of one host was lost. */
  beliefMaxMs: 300_000,
  /** Margin of belief: a share for clocks that drift apart, a constant for the road. */
  beliefShare: 0.02,
  beliefMarginMs: 50,
  /** A place that beats each 2 s is silent after five beats that did not come; the grace is for a busy machine. */
  placeSilentMs: 10_000,
  placeGraceMs: 5_000,
  /** So far may the fleet time of two hosts be apart. More than it takes to hear of what another one wrote; no lease that lasts less can be believed in on a shared store. */
  placeSlackMs: 1_000,
  /** What a lease that is shortened keeps at least: its holder may be in the middle of a call, and hears of it with its next. */
  shortenedMs: 30_000,
  resourcesPerAcquire: 256,
  /** Names of one acquire together, so that a group always fits 512 KiB. */
  resourceBytesPerAcquire: 64 * 1024,
  waitersPerResource: 10_000,
  leasesPerSession: 10_000,
  leasesPerFleet: 1_000_000,
  ticketsPerSession: 1_000,
  handoffsPerSession: 1_000,
  sessionsLive: 100_000,
  /** Summary, message, reason, notes. */
  textBytes: 4 * 1024,
  tags: 32,
  tagBytes: 64,
  stateValueBytes: 64 * 1024,
  /** Arrays and objects within each other: enough for any document, and no function that walks a value runs out of stack. */
  stateValueDepth: 100,
  stateKeyBytes: 512,
  stateKeys: 100_000,
  /** A group is all or nothing; every store takes at least this much in one value. */
  groupEvents: 512,
  groupBytes: 512 * 1024,
  /** The end of a lease promotes at most this many at once; the rest of the line stays due. */
  promotionsPerGroup: 64,
  /** Due groups settled by one append, so that a long pause never makes one endless decision. */
  dueGroupsPerAppend: 256,
  /** Leases that one `release all` ends in one decision; the coordinator goes on until none is left. */
  releasesPerDecision: 200,
  requestsPerSession: 256,
  /** Of an ended session: more than one client has under way at once. */
  requestsOfEnded: 64,
  requestsPerRegistry: 10_000,
  /** A repeat of a request finds its outcome for at least this long. */
  requestMs: 600_000,
  /** Retries without queueing leave an edge for this long; refusals are logged at most once in it. */
  retryEdgeMs: 60_000,
  retryEdges: 10_000,
  noticesPerSession: 100,
  endedTickets: 10_000,
  endedTicketMs: 600_000,
  /** An ended session is remembered this long, so that its handle still resumes the agent. */
  endedSessionMs: 7 * 86_400_000,
  endedSessions: 10_000,
  /** The shortest silence after which a policy may end a session without a process: below it a deadline need not be known. */
  silentSessionMinMs: 1_000,
  /** How long whoever decides a holder's calls has to write down what it knows of it, from when somebody begins to wait. */
  lateRecordMs: 5_000,
  /** How often such a session is looked at again: what it holds may end, and a policy may shorten its time. */
  silenceStepMs: 60_000,
  /** Steps of a cycle that are logged and told; a group has a bound, and nobody reads a thousand. */
  cycleSteps: 64,
  /** Search for wait cycles visits at most this many sessions; beyond it the wait is refused rather than unchecked. */
  cycleSearchSessions: 100_000,
  requestIdBytes: 200,
  attachmentsPerSession: 64,
  /** Outcomes of one check-in, each of its own kind. */
  outcomesPerCheckIn: 16,
  outcomeKindBytes: 64,
  /** Check-ins of one agent, and of all, that may still be told their outcome. */
  checkInsPerAgent: 200,
  checkInsKept: 100_000,
  /** Lost leases that are remembered of one agent. */
  lostLeases: 20,
  /** Numbers of one check-in that `eisv-v1` looks at; more are cut off, as they always were. */
  parameters: 128,
  parametersGiven: 4_096,
  /** The shortest silence after which a policy may archive: below it a deadline need not be known. */
  silentMinMs: 3_600_000,
  /** How often an agent that a policy may archive is looked at again. */
  silentStepMs: 86_400_000,
  policyBytes: 64 * 1024,
  /** Of a policy file, which has room for comments. */
  policyFileBytes: 256 * 1024,
  policyPatterns: 256,
  /** Settings that an adoption tells one by one: their lines share a group with the policy itself. */
  policyDiffLines: 1_000,
  /** Messages that are kept for one reader; who sends one more that is not read hears that the box is full. */
  messagesPerReader: 1_000,
  /** Messages that are kept in all, the newest; beyond it the log alone has them. */
  messagesKept: 100_000,
  messagesPerPage: 100,
  /** Text of one page together, the first message whatever its size: an agent reads all of it. */
  messagePageBytes: 16 * 1024,
  /** Alerts that are remembered, open ones above all; beyond it the log alone has them. */
  alertsKept: 10_000,
  /** Open at once; beyond it no more are opened until some have closed, and the list of them says so. */
  alertsOpen: 1_000,
  /** What happened in a moment is over when it has not happened again for this long. */
  alertQuietMs: 600_000,
  incidentsKept: 1_000,
  /** Open at once; beyond it a further alert joins the newest, because so much at once is one thing to people. */
  incidentsOpen: 100,
  /** An incident whose alerts are all closed is over when nothing new came for this long. */
  incidentQuietMs: 300_000,
  /** A new incident names an earlier one with the same agents or resources that was closed no longer ago than this. */
  incidentEarlierMs: 3_600_000,
  /** Alerts of one incident; the next one opens an incident that names the full one. Agents and resources it knows by name. */
  incidentParts: 500,
  /** Notes on one incident; whoever writes one more is told that there is no room. */
  incidentNotes: 200,
  /** Whoever silences for longer has forgotten it. */
  silenceMaxMs: 7 * 86_400_000,
  deliveryTargets: 16,
  /** Messages that wait for one target; beyond it they are given up at once, and kept for an operator. */
  deliveriesPerTarget: 1_000,
  /** The newest that were given up, of one target; beyond it the log alone has them. */
  deadPerTarget: 1_000,
  /** Retention leaves the event that a message tells for so long while it waits: longer than all tries take, and a weekend. */
  awaitedEventMs: 7 * 86_400_000,
  /** More than alerts and incidents can be open at once. */
  tellings: 2_000,
  /** Whoever sends to a target has it for this long, and claims it again while there is work. */
  deliveryClaimMs: 60_000,
  /** A receiver that asks for more patience than this is asked again all the same. */
  retryAfterMaxMs: 3_600_000,
  /** Of what is kept of a failed try. */
  deliveryDetailBytes: 300,
  /** Live sessions that are told of a message at once; the others find it when they read. */
  messageNotices: 1_000,
  /** Notices of messages that one session keeps, so that many messages crowd out nothing else. */
  messageNoticesKept: 20,
  /** Lines and bytes of imported history in one event, so that a group always has room for it. */
  importLines: 500,
  importBytes: 256 * 1024,
  importRecordBytes: 64 * 1024,
  priorityMin: -10,
  priorityMax: 10,
} as const;
