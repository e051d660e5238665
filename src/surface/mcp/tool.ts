// A tool: one row of the table that every MCP transport serves. A row says what it takes, what it answers and what it does
// with a seat; how the call arrived is not its concern.
//
// The published input schema informs. What arrives is parsed here, by the same schema, so that every refusal has one
// shape: a result with `isError` and the rejection as structured content, never a protocol error.

import * as z from 'zod';
import type { Call } from '../../app/seat/call.ts';
import type { Seat } from '../../app/seat/seat.ts';
import { parseArguments } from '../schema/arguments.ts';
import { type JsonSchema, publishedInput, publishedOutput } from './published-schema.ts';
import { type ToolResult, toolRejection } from './tool-result.ts';

export interface ToolAnnotations {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: false;
}

export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly annotations: ToolAnnotations;
  /** Made once, when it is first asked for. */
  readonly inputSchema: () => JsonSchema;
  readonly outputSchema: () => JsonSchema;
  /** Never throws for what the caller sent. */
  call(seat: Seat, args: unknown, call: Call): Promise<ToolResult>;
}

/** How a tool bears on the fleet. */
export type Effect = 'reads' | 'adds' | 'overwrites';

interface Definition<Shape extends z.ZodRawShape> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly effect: Effect;
  readonly input: Shape;
  /** Arguments for which null is a value; elsewhere it means that the argument was left out. */
  readonly nullable?: readonly string[];
  /** Names at the top level of the structured result. */
  readonly output: readonly string[];
  readonly run: (seat: Seat, args: z.output<z.ZodObject<Shape>>, call: Call) => Promise<ToolResult>;
}

const COMMON = z.object({
  session: z.string().optional(),
  requestId: z.string().optional(),
});

export function defineTool<Shape extends z.ZodRawShape>(definition: Definition<Shape>): Tool {
  const { name, title, description, effect, nullable = [], output, run } = definition;
  const own = z.strictObject(definition.input);
  const all = z.strictObject({ ...definition.input, ...COMMON.shape });
  return {
    name,
    title,
    description,
    annotations: annotationsOf(effect),
    inputSchema: once(() => publishedInput(all)),
    outputSchema: once(() => publishedOutput(output)),
    async call(seat, args, call) {
      const parsed = parseArguments({ tool: name, own, common: COMMON, nullable }, args);
      if ('rejection' in parsed) return toolRejection(parsed.rejection);
      return run(seat, parsed.args, { ...call, ...parsed.common });
    },
  };
}

/** All may be repeated: a repeat with the same requestId has the same outcome, and the rest changes nothing twice. */
function annotationsOf(effect: Effect): ToolAnnotations {
  return {
    readOnlyHint: effect === 'reads',
    destructiveHint: effect === 'overwrites',
    idempotentHint: true,
    openWorldHint: false,
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
