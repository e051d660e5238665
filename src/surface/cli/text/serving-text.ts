// What `brigade serve` says when it serves: where it is, what is there, and how clients come to it.

import type { Taken } from '../../http/find-address.ts';

export interface Serving {
  readonly url: string;
  readonly root: string;
  readonly taken: Taken | null;
  /** Other hosts reach it, so clients must show the join token. */
  readonly isOpen: boolean;
}

export function servingText(serving: Serving): readonly string[] {
  const { url, root, taken, isOpen } = serving;
  const moved = taken === null ? '' : ` (${takenText(taken)})`;
  const clients = clientSnippets(serving);
  return [
    `Brigade serves the fleet of ${root} at ${url}${moved}`,
    `  MCP      ${url}/mcp`,
    `  REST     ${url}/v1, described by ${url}/openapi.json`,
    `  events   ${url}/v1/stream`,
    `  health   ${url}/readyz, ${url}/metrics`,
    ...(taken?.by.kind === 'same'
      ? [`${taken.url} serves this fleet too. One is enough; both are right, because both ask the same log.`]
      : []),
    '',
    'Clients connect to it:',
    `  Claude Code  ${clients.claudeCode}`,
    `  Cursor       .cursor/mcp.json      ${clients.cursor}`,
    `  VS Code      .vscode/mcp.json      ${clients.vscode}`,
    `  Codex        ~/.codex/config.toml  ${clients.codex}`,
    'Each calls the tool register and shows the session that it is given with every call.',
    ...(isOpen ? ['BRIGADE_JOIN_TOKEN is what `brigade token join` prints.'] : []),
    'Ctrl-C ends it.',
  ];
}

function takenText({ port, by }: Taken): string {
  if (by.kind === 'stranger') return `port ${port} is taken`;
  return `port ${port} is taken by a Brigade server of ${by.kind === 'same' ? 'this fleet' : 'another fleet'}`;
}

/** As Cursor and VS Code write a variable of the environment. */
const TOKEN_VARIABLE = `\${env:BRIGADE_JOIN_TOKEN}`;

/** How each client is told of the server. */
export function clientSnippets({ url, isOpen }: Pick<Serving, 'url' | 'isOpen'>) {
  const mcp = `${url}/mcp`;
  const headers = isOpen ? { headers: { Authorization: `Bearer ${TOKEN_VARIABLE}` } } : {};
  const header = isOpen ? ' --header "Authorization: Bearer $BRIGADE_JOIN_TOKEN"' : '';
  const bearer = isOpen ? ', bearer_token_env_var = "BRIGADE_JOIN_TOKEN"' : '';
  const cursor = { mcpServers: { brigade: { url: mcp, ...headers } } };
  const vscode = { servers: { brigade: { type: 'http', url: mcp, ...headers } } };
  return {
    claudeCode: `claude mcp add --transport http brigade ${mcp}${header}`,
    cursor: JSON.stringify(cursor),
    vscode: JSON.stringify(vscode),
    codex: `mcp_servers.brigade = { url = "${mcp}"${bearer} }`,
  };
}
