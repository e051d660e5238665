// Configurations as people have them, to the byte: what stands in real files of the five clients, and what can go wrong with one.

import type { Entry } from '../../src/surface/cli/init/merge/config-file.ts';

const BOM = '\uFEFF';

const SERVERS = `{
  "mcpServers": {
    "github": {
      "command": "docker",
      "args": ["run", "-i", "--rm", "-e", "GITHUB_PERSONAL_ACCESS_TOKEN", "ghcr.io/github/github-mcp-server"],
      "env": { "GITHUB_PERSONAL_ACCESS_TOKEN": "\${GITHUB_TOKEN}" }
    },
    "linear": { "type": "http", "url": "https://mcp.linear.app/mcp" }
  }
}
`;

const COMMENTED = `// Kept by the platform team. Ask before you change it.
{
\t/* what agents may do */
\t"permissions": {
\t\t"allow": ["Bash(npm run test:*)", "Edit"], // no deploys
\t\t"deny": ["Read(./.env)"],
\t},
\t"hooks": {
\t\t// format what was written
\t\t"PostToolUse": [
\t\t\t{
\t\t\t\t"matcher": "Edit|Write",
\t\t\t\t"hooks": [{ "type": "command", "command": "npx prettier --write $FILE", "timeout": 30 }], // slow
\t\t\t},
\t\t],
\t},
\t// the last word
}
`;

const DEEP = `{
    "a": {
        "b": { "c": { "d": [[[{ "e": [1, 2, { "f": null }] }]]] } }
    },
    "env": {
        "QUOTED": "a \\"brace\\" } and a // slash",
        "URL": "http://127.0.0.1:3000//x"
    }
}`;

const COPILOT = `{
  "inputs": [{ "type": "promptString", "id": "tok", "password": true, "description": "token" }],
  "servers": {
    "playwright": { "type": "stdio", "command": "npx", "args": ["-y", "@playwright/mcp@latest"] }
  }
}
`;

/** JSON that init must be able to write into. */
export const JSON_CORPUS: Readonly<Record<string, string>> = {
  'nothing at all': '',
  'only a line end': '\n',
  'only blanks': '  \t',
  'an empty object': '{}',
  'an empty object with a blank': '{ }',
  'an empty object on two lines': '{\n}\n',
  'only a comment': '// nothing here yet',
  'a comment in an empty object': '{\n  // nothing here yet\n}\n',
  'a comment in an empty object on one line': '{ /* soon */ }',
  'servers of others': SERVERS,
  'servers of others, CRLF': SERVERS.replaceAll('\n', '\r\n'),
  'servers of others, BOM and CRLF': `${BOM}${SERVERS.replaceAll('\n', '\r\n')}`,
  'servers of others, no line end at the end': SERVERS.trimEnd(),
  'servers of others, minified': JSON.stringify(JSON.parse(SERVERS)),
  'servers of others, four blanks': JSON.stringify(JSON.parse(SERVERS), null, 4),
  'comments, tabs, trailing commas': COMMENTED,
  'comments, tabs, trailing commas, CRLF': COMMENTED.replaceAll('\n', '\r\n'),
  'deep, braces and slashes in strings': DEEP,
  'servers as VS Code has them': COPILOT,
  'empty tables of ours to be': '{\n  "mcpServers": {},\n  "hooks": { "PreToolUse": [ ] },\n  "x": 1\n}\n',
  'empty tables on one line': '{"mcpServers":{},"servers":{},"hooks":{}}',
  'a frame that was there': '{ "version": 1, "hooks": { "stop": [{ "command": "./audit.sh" }] } }',
  'commas that lead': '{\n    "a": 1\n  , "b": 2\n}\n',
  'a comment behind the last entry': '{\n  "a": 1 /* one */ // and only\n}\n',
  'blanks at ends of lines': '{  \n  "a": 1,  \n  "b": 2   \n}  \n\n',
  'several values on a line': '{\n  "a": 1, "b": 2, // both\n  "c": 3 }',
};

/** TOML that init must be able to write into. */
export const TOML_CORPUS: Readonly<Record<string, string>> = {
  'nothing at all': '',
  'only a line end': '\n',
  'only a comment': '# mine',
  'a real one': `# ~/.codex/config.toml
model = "gpt-5.2-codex"
approval_policy = "on-request"   # ask me

[mcp_servers.context7]
command = "npx"
args = [
  "-y", # yes
  "@upstash/context7-mcp",
]

[projects."/home/ana/shop"]
trust_level = "trusted"

[[notices]]
text = """
[mcp_servers.brigade]
is only text here
"""
`,
  'no line end at the end': 'model = "o3"\n[tui]\nnotifications = true',
  'CRLF and BOM': `${BOM}model = "o3"\r\n\r\n[mcp_servers.x]\r\nurl = "https://x.example/mcp"\r\n`,
  'CRLF, no line end at the end': 'model = "o3"\r\n[tui]\r\nnotifications = true',
  'blank lines at the end': 'model = "o3"\n\n\n',
  'an empty table of servers': '[mcp_servers]\n',
};

/** Not readable for their clients either: with line and column. */
export const INVALID_JSON: Readonly<Record<string, readonly [text: string, where: RegExp]>> = {
  'an open brace': ['{\n  "mcpServers": {\n    "x": {}\n', /line 4, column 1 is no valid JSON/],
  'a comma too few': ['{\n  "a": 1\n  "b": 2\n}', /line 3, column 3 is no valid JSON/],
  'single quotes': ["{ 'a': 1 }", /line 1, column 3 is no valid JSON/],
  'a merge conflict': ['{\n<<<<<<< HEAD\n  "a": 1\n}', /line 2, column 1 is no valid JSON/],
  'two values': ['{} {}', /line 1, column 4 is no valid JSON/],
  'a list': ['[1]', /line 1, column 1 does not hold an object/],
  'servers that are a list': ['{ "mcpServers": [] }', /line 1, column 17 has mcpServers, but not as an object/],
  'hooks that are no object': ['{ "hooks": "none" }', /line 1, column 12 has hooks, but not as an object/],
  'an event that is no list': ['{\n  "hooks": { "PreToolUse": {} } }', /line 2, column 28 .* not as a list/],
  'servers said twice': ['{ "mcpServers": {}, "mcpServers": {} }', /line 1, column 21 says "mcpServers" twice/],
  'a server of another kind by our name': [
    '{\n  "mcpServers": {\n    "brigade": { "command": "fire-brigade", "args": ["serve"] }\n  }\n}',
    /line 3, column 5 has another server called "brigade"/,
  ],
};

export const INVALID_TOML: Readonly<Record<string, readonly [text: string, where: RegExp]>> = {
  'no value': ['model =\n', /line 2, column 1 is no valid TOML/],
  'a table twice': ['[a]\nx = 1\n[a]\ny = 1\n', /line 3, column 2 is no valid TOML/],
  'all servers as one value': [
    'mcp_servers = { x = { url = "http://x" } }\n',
    /line 1, column 1 has mcp_servers written so/,
  ],
  'another server by our name': ['\n[mcp_servers.brigade]\ncommand = "other"\n', /line 2, column 1 has another server/],
};

const command = '"/opt/node/bin/node" "/opt/brigade/bin/brigade-hook.js" claude-code';

const group = (event: string): Entry => ({
  kind: 'hook',
  at: ['hooks', event],
  value: { matcher: 'Edit|Write', hooks: [{ type: 'command', command, timeout: 10 }] },
});

const handler = (event: string): Entry => ({
  kind: 'hook',
  at: ['hooks', event],
  value: { command: command.replace('claude-code', 'cursor') },
});

const server = (at: string): Entry => ({
  kind: 'server',
  at,
  name: 'brigade',
  value: { command: 'npx', args: ['-y', 'brigade@0', 'mcp', '--client', 'cursor'], alwaysLoad: true },
});

/** What the clients get, by shape. */
export const ENTRY_SETS: Readonly<Record<string, readonly Entry[]>> = {
  'a server': [server('mcpServers')],
  'a server, as VS Code has it': [server('servers')],
  'hooks in groups': [group('PreToolUse'), group('PostToolUse'), group('Stop')],
  'hooks in a frame': [{ kind: 'frame', key: 'version', value: 1 }, handler('preToolUse'), handler('stop')],
  'a server and hooks': [server('mcpServers'), group('PreToolUse'), group('SessionStart')],
};

export const TOML_ENTRY: Entry = {
  kind: 'server',
  at: 'mcp_servers',
  name: 'brigade',
  value: {
    command: '/opt/node/bin/node',
    args: ['/opt/bri gade/bin/brigade.js', 'mcp'],
    default_tools_approval_mode: 'approve',
  },
};
