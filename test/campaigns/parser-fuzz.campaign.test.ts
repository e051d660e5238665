// Everything that reads what others wrote, fed with what is almost right: it answers or refuses, in time, and throws nothing but
// a refusal that says what to do. Where there is a way back to text, what was read comes out again.

import { describe, expect, it } from 'vitest';
import { parseEtcdUrl } from '../../src/adapters/etcd/etcd-url.ts';
import { batchIn, batchValue, headIn, headText } from '../../src/adapters/etcd/stored-values.ts';
import { base64 } from '../../src/adapters/etcd/wire.ts';
import { pieceIn } from '../../src/adapters/redis/entry.ts';
import { messageOf, parseMessage } from '../../src/adapters/redis/hint-message.ts';
import { parseRedisUrl } from '../../src/adapters/redis/redis-url.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { parseProcStat } from '../../src/adapters/system/proc-stat.ts';
import { parsePs } from '../../src/adapters/system/ps-rows.ts';
import { decodeBatch, wallAtOf } from '../../src/app/batch-codec.ts';
import { parseConfigFile } from '../../src/app/config-file.ts';
import { writtenByShell } from '../../src/app/hook/shell/written-by-shell.ts';
import { parsePolicy, policyText } from '../../src/app/policy/parse-policy.ts';
import { stateIn } from '../../src/app/snapshot-body.ts';
import { parseStoreUrl, storeUrlOf } from '../../src/app/store-url.ts';
import { exportState, importState } from '../../src/core/fleet/state-image.ts';
import { isRejection } from '../../src/core/rejection.ts';
import { keysConflict } from '../../src/core/resource/conflict.ts';
import {
  checkKey,
  describeKey,
  keyFromDescription,
  parseKey,
  type ResourceKey,
} from '../../src/core/resource/resource-key.ts';
import { verifyChain } from '../../src/ports/chain.ts';
import { EMPTY_HEAD, type StoredBatch, StoreFault } from '../../src/ports/event-store.ts';
import { readTime } from '../../src/surface/cli/import/local-time.ts';
import { readMetadata } from '../../src/surface/cli/import/metadata-file.ts';
import { parseJson } from '../../src/surface/cli/init/merge/json-tree.ts';
import { parseDuration } from '../../src/surface/cli/parse/duration.ts';
import { leaseRef } from '../../src/surface/cli/parse/lease-ref.ts';
import { parseMoment } from '../../src/surface/cli/parse/moment.ts';
import { dialectOf, HOOK_CLIENTS } from '../../src/surface/hook/dialects.ts';
import { runHook } from '../../src/surface/hook/run-hook.ts';
import { credentialOf } from '../../src/surface/http/credential.ts';
import { readUri } from '../../src/surface/mcp/resources/resource-uri.ts';
import { readMoment } from '../../src/surface/schema/past-moment.ts';
import { eventsOf, foldOf, recordedBatches } from '../histories/history.ts';
import { claudeCode } from '../hooks/inputs/claude-code.ts';
import { codex } from '../hooks/inputs/codex.ts';
import { cursor } from '../hooks/inputs/cursor.ts';
import { gemini } from '../hooks/inputs/gemini.ts';
import { vscode } from '../hooks/inputs/vscode.ts';
import { campaignCount } from '../support/campaign.ts';
import { mutatedText, mutatedValue } from '../support/mutations.ts';
import { NOVEMBER_AGENTS } from '../support/november-files.ts';
import { type Random, randomOf } from '../support/random.ts';

const runs = campaignCount(20_000, { atLeast: 300 });
const seed = Number(process.env.BRIGADE_TEST_SEED ?? Date.now() % 1_000_000);
const NOW = '2025-11-19T23:25:00.000Z';
const MINUTES_MS = 10 * 60_000;

/** What is read, from texts that are right, and what must hold of the answer. */
interface Subject {
  readonly valid: readonly string[];
  readonly read: (text: string, random: Random) => unknown;
  /** Of what others get, where each takes long. */
  readonly share?: number;
}

const KEYS: readonly string[] = [
  'file:@w1/src/a.ts',
  'file:@w1/src/',
  'file:@w1/src/**/*.ts',
  'file:@w1/src/a.ts#Foo.bar',
  'file:@w1/app/%5Bid%5D/page.tsx',
  'file:@w1/{a,b/c}/[!a-z]?.md',
  'repo:docs/',
  'repo:./',
  'task:review',
  'port:8080',
  'state:menu.today',
];

const POLICY = `{
  // What the kitchen agreed on.
  "estimator": "evidence", "onPause": "keep",
  "silentHolder": { "afterMs": 60000 },
  "alerts": { "waitMs": 30000 },
  "agents": { "claude_*": { "evidence": { "pauseFailures": 3 } }, "7": { "onPause": "release" } }
}`;

const batches = recordedBatches('0.2.0', 'b');
const image = JSON.stringify(exportState(foldOf(eventsOf(batches))));
const METADATA = `{"claude_chat":${NOVEMBER_AGENTS[0]?.text ?? ''}}`;

const STORE = { fleetFolder: '/w/.brigade', fleetRoot: '/w', fleet: 'default' } as unknown as Parameters<
  typeof parseStoreUrl
>[1];

const subjects: Readonly<Record<string, Subject>> = {
  'resource keys': {
    valid: KEYS,
    read: (text, random) => {
      const key = checkKey(text);
      if (isRejection(key)) return refused(key);
      // Ids are long and random; a folder that is called like one is told from it by that alone.
      const isPlain = !key.startsWith('file:') || /^file:@w1\/(?!@)/.test(key);
      expect(isPlain ? keyFromDescription(describeKey(key, 'w1'), 'w1', () => false) : key).toBe(key);
      const [one, other] = [parseKey(key), parseKey(random.pick(KEYS) as ResourceKey)];
      const foldsCase = random.chance(0.5);
      expect(keysConflict(one, other, foldsCase)).toBe(keysConflict(other, one, foldsCase));
      expect(keysConflict(one, one, foldsCase)).toBe(true);
      return key;
    },
  },
  policies: {
    valid: [POLICY, '{}', '{ "estimator": "eisv-v1" }'],
    read: (text) => {
      const policy = parsePolicy({ path: 'policy.json', text });
      if (isRejection(policy)) return refused(policy);
      expect(parsePolicy({ path: 'policy.json', text: policyText(policy) })).toEqual(policy);
      return policy;
    },
  },
  'config.json': {
    valid: ['{ "durability": "host", "port": 7420, "store": "redis://h/0", "agent": "ana" }', '{}'],
    read: (text) => {
      const { values, problems } = parseConfigFile({ path: 'config.json', text });
      for (const { where, problem } of problems)
        expect([where.startsWith('config.json'), problem.length > 0]).toEqual([true, true]);
      return values;
    },
  },
  'URLs of stores': {
    valid: [
      'sqlite:.brigade/brigade.db',
      'redis://u:p@h:6379/0',
      'redis+sentinel://h:1,i:2/master/0',
      'etcds://h:2379,i:2379?cert=c',
      'memory:',
      'rediss://h#kitchen',
    ],
    read: (text) => {
      const parsed = parseStoreUrl(text, STORE);
      if (!parsed.ok) return expect(parsed.problem).not.toBe('');
      if (parsed.location.kind !== 'sqlite') expect(storeUrlOf(parsed.location)).not.toContain('u:p@');
      if (parsed.location.kind === 'redis') return parseRedisUrl(parsed.location.url);
      return parsed.location.kind === 'etcd' ? parseEtcdUrl(parsed.location.url) : parsed;
    },
  },
  durations: {
    valid: ['30s', '1m30s', '250ms', '1.5h', '2d', '0'],
    read: (text) => {
      const parsed = parseDuration(text);
      if ('ms' in parsed) expect(parsed.ms).toBeGreaterThanOrEqual(0);
      return parsed;
    },
  },
  moments: {
    valid: ['4711', '10m', '2h ago', '2025-11-19T23:25:00.123+01:00', '2025-11-19 20:05', '1h30m'],
    read: (text) => {
      for (const moment of [parseMoment(text, NOW), readMoment(text, null), readMoment(text, 'Europe/Berlin')]) {
        if ('wallAt' in moment) expect(new Date(moment.wallAt).toISOString()).toBe(moment.wallAt);
        else if ('seq' in moment) expect(Number.isSafeInteger(moment.seq)).toBe(true);
        else expect('newest' in moment || moment.flaw !== '').toBe(true);
      }
      return readTime(text, 'America/New_York');
    },
  },
  'leases as they are typed': {
    valid: ['file:src/a.ts=812', 'src/a=b.ts=5', 'task:x', '[{"resource":"task:x","token":8}]'],
    read: (text) => leaseRef(text, { tokens: text }),
  },
  'metadata to import': {
    valid: [METADATA, METADATA.replace('28', 'NaN')],
    read: (text) => {
      const found = readMetadata(Buffer.from(text));
      if ('message' in found) return expect([found.message, found.next].every((each) => each !== '')).toBe(true);
      return JSON.stringify(found);
    },
  },
  snapshots: {
    valid: [image],
    share: 0.1,
    read: (text) => orError(async () => importState(exportState(await stateIn(text)))),
  },
  'stored batches': {
    valid: batches.slice(0, 40).map((batch) => JSON.stringify(batch)),
    read: (text) => {
      const batch = jsonOr(text, null) as StoredBatch | null;
      if (batch === null) return null;
      const isSound = verifyChain(nodeHasher, EMPTY_HEAD, [batch]) === null;
      // What the chain lets pass is what was written, or the body says that it is another one's.
      if (isSound)
        expect(orFault(() => decodeBatch(batch))).toSatisfy((read) => typeof read === 'string' || isFirst(read));
      return isSound && orFault(() => wallAtOf(batch));
    },
  },
  'hints of Redis': {
    valid: batches.slice(0, 20).map((batch) => messageOf(batch, 'w1')),
    read: (text) => {
      const { batch } = parseMessage(text);
      return batch === null ? null : verifyChain(nodeHasher, null, [batch]);
    },
  },
  'values of etcd': {
    valid: [headText(EMPTY_HEAD), headText({ epoch: 1, seq: 2 ** 40, hash: 'a'.repeat(64), format: 3 })],
    read: (text) => orFault(() => headIn({ key: base64('head'), value: base64(text) }, 'etcd://h')),
  },
  'shell commands': {
    valid: [
      "sed -i 's/a/b/' src/a.ts && cat <<EOF > out\nx\nEOF",
      'cp -r a{1,2} "$HOME/b" | tee c',
      'git mv a b; (cd x; rm *.ts)',
      "bash -c 'echo x >y'",
      'cat $(ls `pwd`) >& z',
    ],
    read: (text) => writtenByShell(text, '/w').every(({ path }) => expect(path).not.toBe('')),
  },
  'addresses and credentials': {
    valid: [
      'brigade://locks/file%3Asrc%2Fa.ts',
      'brigade://incidents/7',
      'brigade://agents/ana',
      'Bearer abc.def-_~+/=',
    ],
    read: (text) => [readUri(text), credentialOf(text)],
  },
  'what the system says of processes': {
    valid: [
      '7 (brigade mcp) S 1 7 7 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 11 0 123456 0 0',
      '  PID  PPID  PGID STAT STARTED COMMAND\n 7 1 7 Ss Mon Nov 24 10:00:00 2025 /usr/bin/node',
    ],
    read: (text) => [parseProcStat(text), parsePs(text)],
  },
  'files of clients': {
    valid: ['{\n  // ours\n  "mcpServers": { "brigade": { "command": "npx" } },\n}', '{"hooks":{"PreToolUse":[]}}'],
    read: (text) => orError(() => Promise.resolve(parseJson(text))),
  },
};

function refused({
  code,
  message,
  next,
}: {
  readonly code: string;
  readonly message: string;
  readonly next: string;
}): string {
  expect([code === 'INTERNAL', message === '', next === '']).toEqual([false, false, false]);
  // A refusal is printed, and quotes what was sent.
  expect(/\p{Cc}/u.test(message)).toBe(false);
  return code;
}

function isFirst(read: unknown): boolean {
  return JSON.stringify(read) === JSON.stringify(decodeBatch(batches[0] as StoredBatch));
}

function jsonOr(text: string, otherwise: unknown): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : otherwise;
  } catch {
    return otherwise;
  }
}

async function failureOf(read: () => unknown): Promise<string | null> {
  try {
    await read();
    return null;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

/** A fault of the store is an answer, anything else is a fault of ours. */
function orFault(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof StoreFault) return error.code;
    throw error;
  }
}

/** Whoever calls these takes any error for "cannot be read". */
async function orError(read: () => Promise<unknown>): Promise<unknown> {
  try {
    return await read();
  } catch (error) {
    return error;
  }
}

describe(`what is almost right, seed ${seed} (BRIGADE_TEST_SEED repeats it)`, () => {
  it.each(Object.entries(subjects))(
    '%s: read or refused',
    async (_name, { valid, read, share = 1 }) => {
      const random = randomOf(seed);
      for (const text of valid) await read(text, random);
      for (let run = 0; run < runs * share; run += 1) {
        const text = mutatedText(random, valid);
        const failure = await failureOf(() => read(text, random));
        expect(failure === null ? null : { run, text: text.slice(0, 2_000), failure }).toBeNull();
      }
    },
    MINUTES_MS,
  );

  it('batches of etcd: read, or damaged', async () => {
    const random = randomOf(seed);
    const [batch] = batches as readonly [StoredBatch];
    const key = base64(`log/${String(batch.lastSeq).padStart(16, '0')}`);
    const value = Buffer.from(await batchValue(batch, 'etcd://h'), 'base64').toString('latin1');
    const readFrom = (text: string) =>
      batchIn({ key, value: Buffer.from(text, 'latin1').toString('base64') }, 'etcd://h');
    expect(await readFrom(value)).toEqual(batch);
    for (let run = 0; run < runs; run += 1) {
      const text = mutatedText(random, [value]).slice(0, 60_000);
      const found = await readFrom(text).catch((error: unknown) => error);
      if (found instanceof StoreFault) continue;
      const { id: _, ...named } = found as StoredBatch;
      const { id: __, ...written } = batch;
      // What the chain lets pass is what was written; whose id it is, its body says.
      const isSound = verifyChain(nodeHasher, EMPTY_HEAD, [found as StoredBatch]) === null;
      expect(isSound ? named : written).toEqual(written);
    }
  });

  it('replies of Redis: read, or damaged', () => {
    const random = randomOf(seed);
    const [{ id, epoch, format, count, prevHash, hash, body, lastSeq }] = batches as readonly [StoredBatch];
    const fields = [
      'id',
      id,
      'epoch',
      `${epoch}`,
      'format',
      `${format}`,
      'count',
      `${count}`,
      'prev',
      prevHash,
      'hash',
      hash,
      'body',
      body,
    ];
    const head = [`${epoch}`, `${lastSeq}`, hash, `${format}`];
    const reply = [head, ['0', '0', '0'.repeat(64), '0'], [[`${lastSeq}-0`, fields]], 'end'];
    expect(pieceIn(reply).batches).toHaveLength(1);
    for (let run = 0; run < runs; run += 1) orFault(() => pieceIn(mutatedValue(random, [reply]) as never));
  });

  it.each([claudeCode, codex, cursor, gemini, vscode])(
    'hooks of $client: answered in its own words',
    async (inputs) => {
      expect(HOOK_CLIENTS).toContain(inputs.client);
      const dialect = dialectOf(inputs.client);
      if (dialect === null) throw new Error('no dialect');
      const at = { session: 's1', cwd: '/w' };
      const valid: unknown[] = [
        inputs.edit(at, '/w/a.ts'),
        inputs.write(at, '/w/a.ts'),
        inputs.patch(at, ['/w/a.ts', '/w/b.ts']),
        inputs.shell(at, 'sed -i s/a/b/ a.ts > b.ts'),
        inputs.edited(at, '/w/a.ts'),
        inputs.turnEnd(at),
        inputs.sessionStart(at, 'startup'),
        inputs.sessionEnd(at),
      ];
      const random = randomOf(seed);
      const options = { dialect, root: undefined, agent: undefined, purpose: undefined };
      for (let run = 0; run < runs; run += 1) {
        const text = random.chance(0.9)
          ? (JSON.stringify(mutatedValue(random, valid)) ?? '')
          : mutatedText(
              random,
              valid.map((each) => JSON.stringify(each)),
            );
        const fail = random.pick(['open', 'closed', null] as const);
        const ask = () =>
          random.chance(0.5)
            ? Promise.resolve({ kind: 'deny', reason: 'ana holds it' } as const)
            : Promise.reject(new Error('no desk'));
        const { json, exitCode, stderr } = await runHook({ options: { ...options, fail }, text, folder: '/w', ask });
        expect(JSON.parse(JSON.stringify(json))).toEqual(json);
        // Only what is no JSON object is answered by the exit code, and only where that is wanted.
        const value = jsonOr(text, null);
        const isObject = value !== null && !Array.isArray(value);
        expect([exitCode, stderr === null && exitCode === 2]).toEqual([fail === 'closed' && !isObject ? 2 : 0, false]);
      }
    },
    MINUTES_MS,
  );
});
