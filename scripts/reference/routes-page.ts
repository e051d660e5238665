// docs/reference/routes.md: REST, from the OpenAPI document that the server serves.

import { fullStop } from '../../src/core/view/full-stop.ts';
import { type DocumentedOperation, openApiDocument } from '../../src/surface/http/rest/document/document.ts';
import { membersOf, typeText } from '../../src/surface/http/rest/document/schema-text.ts';
import { OPERATIONS } from '../../src/surface/http/rest/operations.ts';
import { table } from './markdown.ts';

const INTRO = `# Routes of REST

From the document that \`brigade serve\` shows at \`/openapi.json\` and, as a page, at \`/reference\`; there are the shapes of answers and an example of each.
[REST](../http.md) tells how to begin. Besides these: \`/mcp\`, \`/\` (the dashboard), and \`POST /hooks/{client}\`.`;

interface Route {
  readonly method: string;
  readonly path: string;
  readonly operation: DocumentedOperation;
}

export function routesPage(): string {
  const { paths } = openApiDocument(OPERATIONS, { version: '', cookieName: 'brigade_operator_PORT' });
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  const groups = Map.groupBy(routes, ({ operation }) => operation.tags?.[0] ?? 'Other');
  const sections = [...groups].map(([tag, each]) => [`## ${tag}`, ...each.map(routeText)].join('\n\n'));
  return [INTRO, ...sections].join('\n\n');
}

function routeText({ method, path, operation }: Route): string {
  const { summary, description = '', responses } = operation;
  return [
    `### \`${method} ${path}\``,
    `${fullStop(summary)} ${description}`.trim(),
    `Credential: ${accessText(operation)}. Answers ${statuses(responses)}.`,
    parametersText(operation),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function accessText({ security = [] }: DocumentedOperation): string {
  const names = security.flatMap((each) => Object.keys(each));
  const isOpen = names.length === 0 || security.some((each) => Object.keys(each).length === 0);
  if (names.length === 0) return 'none';
  return `${names.map((name) => `\`${name}\``).join(' or ')}${isOpen ? ', or none' : ''}`;
}

function statuses(responses: DocumentedOperation['responses']): string {
  return Object.keys(responses).join(', ');
}

function parametersText({ parameters = [], requestBody }: DocumentedOperation): string {
  const own = parameters.map(({ name, in: where, required, schema, description = '' }) => {
    return [`\`${name}\`${required === true ? ' *' : ''}`, where, typeText(schema), description];
  });
  const body = Object.values(requestBody?.content ?? {}).flatMap(({ schema }) =>
    membersOf(schema).map(({ name, type, isRequired, description }) => {
      return [`\`${name}\`${isRequired ? ' *' : ''}`, 'body', type, description];
    }),
  );
  const rows = [...own, ...body];
  return rows.length === 0 ? '' : table(['parameter (* required)', 'in', 'type', ''], rows);
}
