// The tools as one server after another serves them: found by name, and listed once for all. Over HTTP a server is made for
// each request, so whatever can be made before is.

import type { ListToolsResult } from '@modelcontextprotocol/server';
import type { Tool } from './tool.ts';

export interface ToolTable {
  /** Null for a tool that there is not. */
  find(name: string): Tool | null;
  /** As clients list them. Schemas are made when this is first asked for. */
  listed(): ListToolsResult['tools'];
}

export function toolTable(tools: readonly Tool[]): ToolTable {
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  let listed: ListToolsResult['tools'] | null = null;
  return {
    find: (name) => byName.get(name) ?? null,
    listed: () => {
      listed ??= tools.map(listedTool);
      return listed;
    },
  };
}

function listedTool({ name, title, description, annotations, inputSchema, outputSchema }: Tool) {
  return {
    name,
    title,
    description,
    annotations: { ...annotations },
    inputSchema: { ...inputSchema(), type: 'object' as const },
    outputSchema: { ...outputSchema(), type: 'object' as const },
  };
}
