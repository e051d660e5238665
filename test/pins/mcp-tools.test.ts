// What an MCP client can see of the tools. A change here is a change for every caller: it needs a changelog entry.

import { describe, expect, it } from 'vitest';
import { TOOLS } from '../../src/surface/mcp/tools.ts';

const READS = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };
const ADDS = { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false };
const OVERWRITES = { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false };

/** Every tool takes these too. */
const COMMON_INPUT = 'session requestId';
/** Any result may have these: what the agent must know, and the fields of a rejection. */
const COMMON_OUTPUT = 'code category message next retry retryAfterMs details notices';

const PINNED = {
  register: {
    annotations: ADDS,
    input: 'id purpose client root onTaken tags notes joinToken',
    required: '',
    output: 'session agentId sessionId resumed warnings',
  },
  acquire_lock: {
    annotations: ADDS,
    input: 'resources ticket leases mode waitMs ttlMs reason priority dryRun',
    required: '',
    output: 'status leases waitedMs refused ticket position blockedBy offeredForMs registered',
  },
  release_lock: {
    annotations: ADDS,
    input: 'leases all',
    required: '',
    output: 'released refused promoted registered',
  },
  withdraw: { annotations: ADDS, input: 'ticket', required: 'ticket', output: 'withdrawn released registered' },
  hand_off: {
    annotations: ADDS,
    input: 'resource token to offer answer',
    required: '',
    output: 'offer to lapsesInMs accepted lease registered',
  },
  check_token: {
    annotations: READS,
    input: 'resource token',
    required: 'resource token',
    output: 'holds holder currentToken expiresInMs safeForMs wanted',
  },
  list_locks: {
    annotations: READS,
    input: 'resource agentId waiting cursor limit',
    required: '',
    output: 'locks cursor total',
  },
  check_in: {
    annotations: ADDS,
    input: 'summary complexity confidence outcomes plan parameters ethicalDrift dryRun',
    required: 'summary',
    output: 'checkInId verdict reasons updates estimator registered',
  },
  record_outcome: {
    annotations: ADDS,
    input: 'checkInId kind ok evidence',
    required: 'checkInId kind ok',
    output: 'checkInId agentId calibration registered',
  },
  recover: { annotations: ADDS, input: 'reflection', required: 'reflection', output: 'resumed reasons registered' },
  fleet_status: {
    annotations: READS,
    input: '',
    required: '',
    output: 'agents locks waits alerts incidents plans counts leftOut granting longestWaitMs head',
  },
  diagnose: {
    annotations: READS,
    input: 'resource agentId',
    required: '',
    output: 'findings graph summary looked leftOut',
  },
  rescue: {
    annotations: OVERWRITES,
    input: 'finding reason dryRun do',
    required: 'finding reason',
    output: 'finding action done events leftOut registered',
  },
  get_state: {
    annotations: READS,
    input: 'key prefix cursor limit',
    required: '',
    output: 'entries cursor total',
  },
  put_state: {
    annotations: OVERWRITES,
    input: 'key value ifVersion resource token',
    required: 'key value',
    output: 'key version registered',
  },
  send_message: {
    annotations: ADDS,
    input: 'to type text replyTo resource',
    required: 'to text',
    output: 'messageId to isHere registered',
  },
  read_messages: {
    annotations: ADDS,
    input: 'waitMs after limit',
    required: '',
    output: 'messages cursor more registered',
  },
};

interface ObjectSchema {
  readonly type?: unknown;
  readonly properties: object;
  readonly required?: readonly string[];
}

const words = (text: string): readonly string[] => text.split(' ').filter((word) => word !== '');

describe('the tools of MCP', () => {
  it('have these names, in this order', () => {
    expect(TOOLS.map(({ name }) => name)).toEqual(Object.keys(PINNED));
  });

  it.each(Object.entries(PINNED))('%s takes and answers what it always did', (name, pinned) => {
    const tool = TOOLS.find((each) => each.name === name);
    const input = tool?.inputSchema() as unknown as ObjectSchema;
    const output = tool?.outputSchema() as unknown as ObjectSchema;
    expect(Object.keys(input.properties)).toEqual([...words(pinned.input), ...words(COMMON_INPUT)]);
    expect(input.required ?? []).toEqual(words(pinned.required));
    expect(Object.keys(output.properties)).toEqual([...words(pinned.output), ...words(COMMON_OUTPUT)]);
    expect(tool?.annotations).toEqual(pinned.annotations);
  });

  it('leave room for an agent to think: the whole list stays under 16 kB', () => {
    const list = TOOLS.map(({ name, title, description, annotations, inputSchema, outputSchema }) => ({
      name,
      title,
      description,
      annotations,
      inputSchema: inputSchema(),
      outputSchema: outputSchema(),
    }));
    expect(Buffer.byteLength(JSON.stringify({ tools: list }))).toBeLessThan(16 * 1024);
  });

  it('publish output schemas that an answer of any kind fits: nothing required, only the top level named', () => {
    for (const tool of TOOLS) {
      const { type, properties, required } = tool.outputSchema() as unknown as ObjectSchema;
      expect(type).toBe('object');
      expect(required).toBeUndefined();
      for (const property of Object.values(properties)) expect(property).toEqual({});
    }
  });

  it('publish input schemas of plain objects, without references or dialects', () => {
    for (const tool of TOOLS) {
      const schema = tool.inputSchema();
      expect(schema.type).toBe('object');
      expect(JSON.stringify(schema)).not.toMatch(/\$|additionalProperties|9007199254740991/);
    }
  });
});
