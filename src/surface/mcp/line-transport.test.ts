import { PassThrough } from 'node:stream';
import type { JSONRPCMessage } from '@modelcontextprotocol/server';
import { describe, expect, it } from 'vitest';
import { waitUntil } from '../../../test/support/wait-until.ts';
import { LineTransport } from './line-transport.ts';

function connect() {
  const input = new PassThrough();
  const output = new PassThrough();
  let ends = 0;
  const transport = new LineTransport(input, output, () => {
    ends += 1;
  });
  const messages: JSONRPCMessage[] = [];
  let isClosed = false;
  Object.assign(transport, {
    onmessage: (message: JSONRPCMessage) => messages.push(message),
    onclose: () => {
      isClosed = true;
    },
  });
  void transport.start();
  const said = (): unknown[] => {
    const text = (output.read() as Buffer | null)?.toString('utf8') ?? '';
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown);
  };
  const state = () => ({ ends, isClosed });
  return { input, output, transport, messages, state, said };
}

const PING = { jsonrpc: '2.0', id: 1, method: 'ping' } as const;

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('LineTransport', () => {
  it('takes messages however the stream is cut, and skips empty lines', async () => {
    const { input, messages } = connect();
    const text = `\n${JSON.stringify(PING)}\r\n\n${JSON.stringify({ ...PING, id: 'ä' })}\n`;
    for (const byte of Buffer.from(text)) input.write(Buffer.from([byte]));
    await settled();
    expect(messages).toEqual([PING, { ...PING, id: 'ä' }]);
  });

  it('answers what is no message, with the id where there is one, and goes on', async () => {
    const { input, messages, said } = connect();
    input.write('{"jsonrpc":"2.0","id":1,"method":"pi\n');
    input.write('[{"jsonrpc":"2.0","id":1,"method":"ping"}]\n');
    input.write('{"id":7,"method":"ping"}\n');
    input.write('{"jsonrpc":"2.0","id":{},"method":"ping"}\n');
    input.write('{"jsonrpc":"2.0","id":8,"method":"ping","params":[]}\n');
    input.write('{"jsonrpc":"2.0","id":9,"outcome":1}\n');
    input.write(`"text"\n${JSON.stringify(PING)}\n`);
    await settled();
    const errors = said() as { id: unknown; error: { code: number } }[];
    expect(errors.map(({ id, error }) => [id, error.code])).toEqual([
      [null, -32_700],
      [null, -32_600],
      [7, -32_600],
      [null, -32_600],
      [8, -32_600],
      [null, -32_600],
      [null, -32_600],
    ]);
    expect(messages).toEqual([PING]);
  });

  it('refuses a line beyond the bound without keeping it, and takes the next one', async () => {
    const { input, messages, said } = connect();
    const part = Buffer.alloc(1024 * 1024, 'x');
    for (let i = 0; i < 9; i += 1) input.write(part);
    input.write(`\n${JSON.stringify(PING)}\n`);
    await waitUntil('a message', () => messages.length === 1);
    expect(said()).toMatchObject([{ id: null, error: { code: -32_600 } }]);
  });

  it('takes a last line without a newline, and closes when everything is answered', async () => {
    const { input, transport, messages, state } = connect();
    input.end(JSON.stringify(PING));
    await waitUntil('a message', () => messages.length === 1);
    await settled();
    expect(state()).toEqual({ ends: 1, isClosed: false });
    await transport.send({ jsonrpc: '2.0', id: 1, result: {} });
    expect(state()).toEqual({ ends: 1, isClosed: true });
  });

  it('does not wait for the answer of a cancelled request', async () => {
    const { input, transport, state } = connect();
    input.write(`${JSON.stringify(PING)}\n`);
    input.end(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } }));
    await transport.closed;
    expect(state().ends).toBe(1);
  });

  it('closes when nobody reads any more', async () => {
    const { output, transport, state } = connect();
    output.emit('error', new Error('EPIPE'));
    await transport.closed;
    expect(state()).toEqual({ ends: 1, isClosed: true });
  });
});
