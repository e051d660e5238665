// The schemas that clients are shown. They cost room in the context of every agent, so they carry what helps to write a
// call and nothing else.

import * as z from 'zod';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Fields that any result may have: those of a rejection, and what the agent must know. */
const COMMON_OUTPUT = ['code', 'category', 'message', 'next', 'retry', 'retryAfterMs', 'details', 'notices'] as const;

/** The input schema: no dialect, no bounds that only say "an integer", no word that the parser alone needs. */
export function publishedInput(input: z.ZodObject): JsonSchema {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
  return plain(schema) as JsonSchema;
}

/**
 * The output schema. Clients of the 2025 era validate structured content even of errors, so nothing is required, only the
 * top level is named, and the fields of a rejection are among it.
 */
export function publishedOutput(names: readonly string[]): JsonSchema {
  const properties = Object.fromEntries([...names, ...COMMON_OUTPUT].map((name) => [name, {}]));
  return { type: 'object', properties };
}

function plain(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(plain);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key, value]) => !isNoise(key, value))
      .map(([key, value]) => [key, plain(value)]),
  );
}

function isNoise(key: string, value: unknown): boolean {
  if (key === 'additionalProperties') return true;
  return (key === 'minimum' || key === 'maximum') && Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER;
}
