// What the official conformance suite wants a server to offer: tools, prompts and resources whose answers it knows. They are put on
// Brigade's own server for the test, beside what it offers anyway, and are in nothing that ships.

import { readFileSync } from 'node:fs';
import {
  acceptedContent,
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type ElicitRequestFormParams,
  type GetPromptResult,
  type InMemoryServerEventBus,
  type InputRequest,
  type InputRequiredResult,
  inputRequired,
  type ListToolsResult,
  type McpServer,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
  type ReadResourceResult,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';

type Arguments = Readonly<Record<string, unknown>>;
type Requests = Readonly<Record<string, InputRequest>>;
type ListedTool = ListToolsResult['tools'][number];
type FormSchema = ElicitRequestFormParams['requestedSchema'];
type ToolAnswer = CallToolResult | InputRequiredResult;

interface FixtureTool {
  readonly name: string;
  readonly properties?: Readonly<Record<string, object>>;
  /** Instead of one made from the properties. */
  readonly inputSchema?: object;
  call(args: Arguments, context: ServerContext): ToolAnswer | Promise<ToolAnswer>;
}

/** A picture of one dot, and a sound of no length. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0YQAAAAA=';

const image = { type: 'image', data: PNG, mimeType: 'image/png' } as const;
const text = (words: string) => ({ type: 'text', text: words }) as const;
const said = (words: string): CallToolResult => ({ content: [text(words)] });

const EMBEDDED = {
  uri: 'test://embedded-resource',
  mimeType: 'text/plain',
  text: 'This is an embedded resource content.',
};
const MIXED = {
  uri: 'test://mixed-content-resource',
  mimeType: 'application/json',
  text: '{"test":"data","value":123}',
};

const CONTENT: readonly FixtureTool[] = [
  { name: 'test_simple_text', call: () => said('This is a simple text response for testing.') },
  { name: 'test_image_content', call: () => ({ content: [image] }) },
  { name: 'test_audio_content', call: () => ({ content: [{ type: 'audio', data: WAV, mimeType: 'audio/wav' }] }) },
  { name: 'test_embedded_resource', call: () => ({ content: [{ type: 'resource', resource: EMBEDDED }] }) },
  {
    name: 'test_multiple_content_types',
    call: () => ({ content: [text('Multiple content types test:'), image, { type: 'resource', resource: MIXED }] }),
  },
  {
    name: 'test_error_handling',
    call: () => ({ ...said('This tool intentionally returns an error for testing'), isError: true }),
  },
];

/** What a schema may say since 2020-12; clients must be shown all of it. */
const WIDE_SCHEMA: FixtureTool = {
  name: 'json_schema_2020_12_tool',
  inputSchema: JSON.parse(
    readFileSync(new URL('../conformance/json-schema-2020-12.json', import.meta.url), 'utf8'),
  ) as object,
  call: () => said('shown is enough'),
};

const NOTICES: readonly FixtureTool[] = [
  {
    name: 'test_tool_with_logging',
    async call(_args, { mcpReq }) {
      for (const line of ['Tool execution started', 'Tool processing data', 'Tool execution completed'])
        await mcpReq.log('info', line);
      return said('logged');
    },
  },
  {
    name: 'test_logging_tool',
    async call(_args, { mcpReq }) {
      await mcpReq.log('info', 'heard only by who asked for it');
      return said('logged');
    },
  },
  {
    name: 'test_tool_with_progress',
    async call(_args, { mcpReq }) {
      const { _meta: meta } = mcpReq;
      const progressToken = meta?.progressToken;
      if (progressToken === undefined) return said('nobody asked for progress');
      for (const progress of [0, 50, 100])
        await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total: 100 } });
      return said('progressed');
    },
  },
];

/** A form with one field that must be filled in. */
const form = (field: string): FormSchema => ({
  type: 'object',
  properties: { [field]: { type: 'string' } },
  required: [field],
});
const askName = (message: string): InputRequest => inputRequired.elicit({ message, requestedSchema: form('name') });
const askModel = (words: string, maxTokens: number): InputRequest =>
  inputRequired.createMessage({ messages: [{ role: 'user', content: text(words) }], maxTokens });

/** Asks of clients of the 2025 era, while their call is under way. */
const PUSHED: readonly FixtureTool[] = [
  {
    name: 'test_sampling',
    properties: { prompt: { type: 'string' } },
    async call({ prompt }, { mcpReq }) {
      const messages = [{ role: 'user' as const, content: text(String(prompt)) }];
      const { content } = await mcpReq.requestSampling({ messages, maxTokens: 100 });
      return said(`LLM response: ${!Array.isArray(content) && content.type === 'text' ? content.text : ''}`);
    },
  },
  {
    name: 'test_elicitation',
    properties: { message: { type: 'string' } },
    call: ({ message }, context) =>
      elicited(context, 'User response', String(message), {
        type: 'object',
        properties: {
          username: { type: 'string', description: "User's response" },
          email: { type: 'string', description: "User's email address" },
        },
        required: ['username', 'email'],
      }),
  },
  {
    name: 'test_elicitation_sep1034_defaults',
    call: (_args, context) =>
      elicited(context, 'Elicitation completed', 'Please say or keep what is there', {
        type: 'object',
        properties: {
          name: { type: 'string', default: 'John Doe' },
          age: { type: 'integer', default: 30 },
          score: { type: 'number', default: 95.5 },
          status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
          verified: { type: 'boolean', default: true },
        },
      }),
  },
  {
    name: 'test_elicitation_sep1330_enums',
    call: (_args, context) =>
      elicited(context, 'Elicitation completed', 'Please choose', {
        type: 'object',
        properties: {
          untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
          titledSingle: { type: 'string', oneOf: titled('Option') },
          legacyEnum: {
            type: 'string',
            enum: ['opt1', 'opt2', 'opt3'],
            enumNames: ['Option One', 'Option Two', 'Option Three'],
          },
          untitledMulti: { type: 'array', items: { type: 'string', enum: ['option1', 'option2', 'option3'] } },
          titledMulti: { type: 'array', items: { anyOf: titled('Choice') } },
        },
      }),
  },
];

function titled(what: string) {
  return ['First', 'Second', 'Third'].map((nth, index) => ({ const: `value${index + 1}`, title: `${nth} ${what}` }));
}

async function elicited(
  { mcpReq }: ServerContext,
  what: string,
  message: string,
  requestedSchema: FormSchema,
): Promise<CallToolResult> {
  const { action, content } = await mcpReq.elicitInput({ message, requestedSchema });
  return said(`${what}: action=${action}, content=${JSON.stringify(content ?? {})}`);
}

/** A tool of 2026 that asks once for everything in `requests`, and is done when all of it is there. */
function asking(name: string, requests: Requests, words: (context: ServerContext) => string): FixtureTool {
  return {
    name,
    call: (_args, context) =>
      Object.keys(requests).every((key) => isAnswered(context, key))
        ? said(words(context))
        : inputRequired({ inputRequests: requests }),
  };
}

/** What the client says it can do, in the request itself. */
function declaredIn({ envelope }: ServerContext['mcpReq']): ClientCapabilities | undefined {
  return (envelope as Readonly<Record<string, ClientCapabilities>> | undefined)?.[CLIENT_CAPABILITIES_META_KEY];
}

function isAnswered({ mcpReq }: ServerContext, key: string): boolean {
  return mcpReq.inputResponses !== undefined && Object.hasOwn(mcpReq.inputResponses, key);
}

const CONFIRM = inputRequired.elicit({
  message: 'Please confirm',
  requestedSchema: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] },
});

const ASKING: readonly FixtureTool[] = [
  {
    name: 'test_input_required_result_elicitation',
    call(_args, { mcpReq }) {
      const accepted = acceptedContent(mcpReq.inputResponses, 'user_name');
      if (accepted === undefined) return inputRequired({ inputRequests: { user_name: askName('What is your name?') } });
      return said(`Hello, ${String(accepted.name)}!`);
    },
  },
  asking(
    'test_input_required_result_sampling',
    { capital_question: askModel('What is the capital of France?', 100) },
    () => 'It was said.',
  ),
  asking('test_input_required_result_list_roots', { client_roots: inputRequired.listRoots() }, ({ mcpReq }) =>
    JSON.stringify(mcpReq.inputResponses),
  ),
  {
    name: 'test_input_required_result_capabilities',
    call(_args, { mcpReq }) {
      const declared = declaredIn(mcpReq);
      const inputRequests = {
        ...(declared?.sampling === undefined ? {} : { model: askModel('Anything?', 10) }),
        ...(declared?.elicitation === undefined ? {} : { name: askName('Who?') }),
      };
      return Object.keys(inputRequests).length === 0 ? said('nothing to ask') : inputRequired({ inputRequests });
    },
  },
  {
    name: 'test_streaming_elicitation',
    async call(_args, { mcpReq }) {
      if (acceptedContent(mcpReq.inputResponses, 'user_name') !== undefined) return said('done');
      return inputRequired({ inputRequests: { user_name: askName('What is your name?') } });
    },
  },
];

/** Rounds that a tool carries on in `requestState`: sealed, because it comes back from the client. */
function rounds(name: string, steps: readonly Requests[], words: string): FixtureTool {
  return {
    name,
    call(_args, { mcpReq }) {
      const sent = mcpReq.requestState<string>();
      const done = sent === undefined ? 0 : unsealed(sent) + 1;
      const next = steps[done];
      return next === undefined ? said(words) : inputRequired({ inputRequests: next, requestState: sealed(done) });
    },
  };
}

function sealed(round: number): string {
  return `${round}.${nodeHasher.sha256Hex('conformance fixture\n', String(round))}`;
}

function unsealed(state: string): number {
  const round = Number.parseInt(state, 10);
  if (sealed(round) === state) return round;
  throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Invalid or expired requestState');
}

const ROUNDS: readonly FixtureTool[] = [
  rounds('test_input_required_result_request_state', [{ confirm: CONFIRM }], 'state-ok'),
  rounds('test_input_required_result_tampered_state', [{ confirm: CONFIRM }], 'state-ok'),
  rounds(
    'test_input_required_result_multiple_inputs',
    [
      {
        user_name: askName('What is your name?'),
        greeting: askModel('Generate a greeting', 50),
        client_roots: inputRequired.listRoots(),
      },
    ],
    'all three are there',
  ),
  rounds(
    'test_input_required_result_multi_round',
    [
      { step1: askName('Step 1: What is your name?') },
      {
        step2: inputRequired.elicit({
          message: 'Step 2: What is your favorite color?',
          requestedSchema: form('color'),
        }),
      },
    ],
    'both rounds are over',
  ),
];

function diagnostics(offers: InMemoryServerEventBus): readonly FixtureTool[] {
  return [
    {
      name: 'test_missing_capability',
      call(_args, { mcpReq }) {
        if (declaredIn(mcpReq)?.sampling === undefined)
          throw new MissingRequiredClientCapabilityError({ requiredCapabilities: { sampling: {} } });
        return said('it is declared');
      },
    },
    {
      name: 'test_trigger_tool_change',
      call() {
        offers.publish({ kind: 'tools_list_changed' });
        return said('told');
      },
    },
    {
      name: 'test_trigger_prompt_change',
      call() {
        offers.publish({ kind: 'prompts_list_changed' });
        return said('told');
      },
    },
  ];
}

const RESOURCES = [
  { uri: 'test://static-text', name: 'static-text', description: 'A text', mimeType: 'text/plain' },
  { uri: 'test://static-binary', name: 'static-binary', description: 'A picture', mimeType: 'image/png' },
  { uri: 'test://watched-resource', name: 'watched', description: 'Subscribed to', mimeType: 'text/plain' },
];
const TEMPLATE = { uriTemplate: 'test://template/{id}/data', name: 'template', description: 'By id' };

/** Null for a resource that is none of these. */
function readFixture(uri: string): ReadResourceResult | null {
  const id = /^test:\/\/template\/(?<id>[^/]+)\/data$/.exec(uri)?.groups?.id;
  if (id !== undefined) {
    const data = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` });
    return { contents: [{ uri, mimeType: 'application/json', text: data }] };
  }
  const listed = RESOURCES.find((resource) => resource.uri === uri);
  if (listed === undefined) return null;
  const { mimeType } = listed;
  if (mimeType === 'image/png') return { contents: [{ uri, mimeType, blob: PNG }] };
  return { contents: [{ uri, mimeType, text: 'This is the content of the static text resource.' }] };
}

const PROMPTS = [
  { name: 'test_simple_prompt', description: 'Simple' },
  {
    name: 'test_prompt_with_arguments',
    description: 'With arguments',
    arguments: ['arg1', 'arg2'].map((name) => ({ name, description: 'An argument', required: true })),
  },
  {
    name: 'test_prompt_with_embedded_resource',
    description: 'With a resource',
    arguments: [{ name: 'resourceUri', description: 'Which', required: true }],
  },
  { name: 'test_prompt_with_image', description: 'With a picture' },
  { name: 'test_input_required_result_prompt', description: 'Asks before it is one' },
];

type PromptAnswer = GetPromptResult | InputRequiredResult;
type PromptContent = GetPromptResult['messages'][number]['content'];

function prompted(name: string, args: Readonly<Record<string, string>>, { mcpReq }: ServerContext): PromptAnswer {
  const messages = (...contents: readonly PromptContent[]): GetPromptResult => ({
    messages: contents.map((content) => ({ role: 'user', content })),
  });
  switch (name) {
    case 'test_simple_prompt':
      return messages(text('This is a simple prompt for testing.'));
    case 'test_prompt_with_arguments':
      return messages(text(`Prompt with arguments: arg1='${args.arg1 ?? ''}', arg2='${args.arg2 ?? ''}'`));
    case 'test_prompt_with_embedded_resource': {
      const embedded = { mimeType: 'text/plain', text: 'Embedded resource content for testing.' };
      const resource = { uri: args.resourceUri ?? '', ...embedded };
      return messages({ type: 'resource', resource }, text('Please process the embedded resource above.'));
    }
    case 'test_prompt_with_image':
      return messages(image, text('Please analyze the image above.'));
    case 'test_input_required_result_prompt': {
      const accepted = acceptedContent(mcpReq.inputResponses, 'user_context');
      if (accepted !== undefined) return messages(text(`In the context of ${String(accepted.context)}.`));
      const requestedSchema = form('context');
      const message = 'What context should the prompt use?';
      return inputRequired({ inputRequests: { user_context: inputRequired.elicit({ message, requestedSchema }) } });
    }
    default:
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Prompt ${name} not found`);
  }
}

type Own = (request: object, context: ServerContext) => Promise<object>;

/** What the server does by itself, which stands behind the fixtures. The SDK has it, and shows it to its own classes alone. */
function ownHandler({ server }: McpServer, method: string): Own {
  const { _requestHandlers: handlers } = server as unknown as { _requestHandlers: ReadonlyMap<string, Own> };
  const handler = handlers.get(method);
  if (handler === undefined) throw new Error(`the server does not answer ${method}`);
  return handler;
}

/** Puts the fixtures on a server. `offers` hears what the tools that change something change. */
export function dressForConformance(mcp: McpServer, offers: InMemoryServerEventBus): void {
  const { server } = mcp;
  const tools = [WIDE_SCHEMA, ...CONTENT, ...NOTICES, ...PUSHED, ...ASKING, ...ROUNDS, ...diagnostics(offers)];
  const own = (method: string): Own => ownHandler(mcp, method);
  const [listTools, callTool] = [own('tools/list'), own('tools/call')];
  const [list, listTemplates, read] = [own('resources/list'), own('resources/templates/list'), own('resources/read')];
  const [subscribe, unsubscribe] = [own('resources/subscribe'), own('resources/unsubscribe')];
  server.registerCapabilities({
    tools: { listChanged: true },
    prompts: { listChanged: true },
    completions: {},
    logging: {},
  });
  server.setRequestHandler('tools/list', async (request, context) => {
    const listed = (await listTools(request, context)) as ListToolsResult;
    return { ...listed, tools: [...tools.map(listedTool), ...listed.tools] };
  });
  server.setRequestHandler('tools/call', async (request, context) => {
    const tool = tools.find(({ name }) => name === request.params.name);
    if (tool === undefined) return (await callTool(request, context)) as CallToolResult;
    return tool.call(request.params.arguments ?? {}, context);
  });
  server.setRequestHandler('resources/list', async (request, context) => {
    const listed = (await list(request, context)) as { resources: typeof RESOURCES };
    return { ...listed, resources: [...listed.resources, ...RESOURCES] };
  });
  server.setRequestHandler('resources/templates/list', async (request, context) => {
    const listed = (await listTemplates(request, context)) as { resourceTemplates: (typeof TEMPLATE)[] };
    return { ...listed, resourceTemplates: [...listed.resourceTemplates, TEMPLATE] };
  });
  server.setRequestHandler('resources/read', async (request, context) => {
    return readFixture(request.params.uri) ?? ((await read(request, context)) as ReadResourceResult);
  });
  server.setRequestHandler('resources/subscribe', async (request, context) =>
    readFixture(request.params.uri) === null ? subscribe(request, context) : {},
  );
  server.setRequestHandler('resources/unsubscribe', (request, context) => unsubscribe(request, context));
  server.setRequestHandler('prompts/list', () => ({ prompts: PROMPTS }));
  server.setRequestHandler('prompts/get', ({ params }, context) =>
    prompted(params.name, params.arguments ?? {}, context),
  );
  server.setRequestHandler('completion/complete', () => ({ completion: { values: [], total: 0, hasMore: false } }));
}

function listedTool({ name, properties = {}, inputSchema }: FixtureTool): ListedTool {
  const made = { type: 'object', properties, required: Object.keys(properties) };
  const description = `${name} of the conformance suite`;
  return { name, description, inputSchema: (inputSchema ?? made) as ListedTool['inputSchema'] };
}
