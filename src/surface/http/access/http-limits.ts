// What one client may cost the server, every number with its reason. Bounds of the fleet itself are in `core/limits.ts`.

const KIB = 1024;
const MIB = 1024 * KIB;

export const HTTP_LIMITS = {
  /** A request line and its headers together; what is longer Node itself answers with 431. A handle needs 60 bytes. */
  headerBytes: 16 * KIB,
  /** Node drops what exceeds its own count without a word, so it counts none and we refuse. Browsers send about 20. */
  headers: 100,
  /** Path and query. The longest name of a resource is 4 KiB, percent-encoded at most three times that; nobody needs it. */
  urlCharacters: 8 * KIB,
  /** The largest call over REST is an acquire of 256 names (64 KiB), or a governed value (64 KiB) in JSON escapes. */
  bodyBytes: MIB,
  /** The bound of the MCP SDK: a call over MCP may carry several of those. */
  mcpBodyBytes: 4 * MIB,
  /** Brackets in brackets: a governed value may have 100, and stands in a few more. What reads JSON recurses over them. */
  jsonDepth: 128,

  /** A client gets this long to send its headers, and this long to send all of its request. */
  headersMs: 10_000,
  requestMs: 30_000,
  /** How often the two are looked at. */
  checkMs: 1_000,
  /** An idle connection is kept this long: longer than the minute after which most clients and proxies close it themselves. */
  keepAliveMs: 65_000,
  /** A peer that vanished without a word is noticed by the system's probes, which begin after this much silence. */
  probeMs: 30_000,
  /** All connections together: waits and streams keep theirs, and each costs some 20 KiB. */
  connections: 4_096,
  /**
   * Of one address of another host: a machine full of agents, and no more than an eighth of all. So much is left, too, by one
   * address of this host.
   */
  connectionsPerAddress: 512,

  /**
   * Calls of one session. An agent makes a few calls in a minute and a busy program some ten in a second; this is a loop that
   * does nothing else, and a twentieth of what the server can do: it takes nothing from the others.
   */
  session: { perSecond: 500, burst: 1_000 },
  /** Calls without a credential over one connection of this host: registering, looking, scraping. */
  connection: { perSecond: 1_000, burst: 2_000 },
  /** Calls without a credential from one address of another host (of IPv6: one network of 64 bits, which is one customer). */
  address: { perSecond: 100, burst: 200 },
  /** Credentials of nobody. After a log was lost every agent shows one, a few times; a guesser would need 2^255 tries. */
  wrong: { perSecond: 2, burst: 20 },
  /** Sessions and addresses whose calls are counted; who called longest ago is forgotten first, and starts anew. */
  counted: 20_000,
  /** Who did not call for this long has its full share back, so there is nothing to remember. */
  forgetMs: 10_000,

  /** A one-time code is opened in the browser at once. */
  codeMs: 120_000,
  codes: 8,
  /** A working day: an operator who forgot a tab is none tomorrow. */
  operatorMs: 12 * 3_600_000,
  /** Browsers that stand for the operator at once; the one that came first makes room. */
  operatorCookies: 16,
} as const;

/** How many calls in a second for good, and how many at once. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}
