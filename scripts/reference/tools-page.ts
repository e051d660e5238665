// docs/reference/tools.md: the tools of MCP.

import { membersOf } from '../../src/surface/http/rest/document/schema-text.ts';
import type { JsonSchema } from '../../src/surface/mcp/published-schema.ts';
import type { Tool } from '../../src/surface/mcp/tool.ts';
import { TOOLS } from '../../src/surface/mcp/tools.ts';
import { fenced, folded, table } from './markdown.ts';
import { type ToolExample, tellToolExamples } from './tool-examples.ts';

const INTRO = `# MCP tools

What \`brigade mcp\` and \`/mcp\` of \`brigade serve\` offer to agents. Every tool also takes \`session\`, the secret handle that \`register\` returned (over stdio it may be left
out), and \`requestId\`, which makes a repeat harmless. A refusal is a result with \`isError\` and [its code](codes.md) as structured content; any result may carry \`notices\`, what
the agent must know. Durations are milliseconds.

The examples are one story, told by the tools themselves on a clock that counts from a fixed moment: ana works on a file that bo wants, and carl falls silent. The text is what a client shows
to its agent.`;

export async function toolsPage(): Promise<string> {
  const examples = await tellToolExamples();
  const index = table(
    ['tool', 'what it does', ''],
    TOOLS.map((tool) => [`[\`${tool.name}\`](#${tool.name})`, tool.title, effectOf(tool)]),
  );
  const sections = TOOLS.map((tool) => sectionOf(tool, examples));
  return [INTRO, index, ...sections].join('\n\n');
}

function sectionOf(tool: Tool, examples: readonly ToolExample[]): string {
  const example = examples.find((each) => each.tool === tool.name);
  if (example === undefined) throw new Error(`${tool.name} has no example: scripts/reference/tool-examples.ts`);
  const fields = Object.keys((tool.outputSchema() as { readonly properties: object }).properties).filter(isOwn);
  return [
    `## ${tool.name}`,
    tool.description,
    inputTable(tool.inputSchema()),
    `Answers ${fields.map((field) => `\`${field}\``).join(', ')}.`,
    fenced('json', folded(example.args)),
    `> ${example.text}`,
    fenced('json', folded(example.result)),
  ].join('\n\n');
}

function effectOf({ annotations }: Tool): string {
  if (annotations.readOnlyHint) return 'reads';
  return annotations.destructiveHint ? 'changes what is there' : 'adds';
}

/** Fields that every result may have are told once. */
function isOwn(field: string): boolean {
  return !['code', 'category', 'message', 'next', 'retry', 'retryAfterMs', 'details', 'notices'].includes(field);
}

function inputTable(schema: JsonSchema): string {
  const members = membersOf(schema).filter(({ name }) => name !== 'session' && name !== 'requestId');
  if (members.length === 0) return 'Takes nothing.';
  const rows = members.map(({ name, type, isRequired, description }) => {
    return [`\`${name}\`${isRequired ? ' *' : ''}`, type, description];
  });
  return table(['argument (* required)', 'type', ''], rows);
}
