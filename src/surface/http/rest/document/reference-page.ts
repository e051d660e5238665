// The document as a page to read: one HTML file with a style sheet of its own, no script, nothing from elsewhere.

import type {
  DocumentedContent,
  DocumentedOperation,
  DocumentedParameter,
  DocumentedResponse,
  OpenApiDocument,
} from './document.ts';
import { codeSpans, escapeHtml, paragraphs } from './html.ts';
import { membersOf, typeText } from './schema-text.ts';

interface Row {
  readonly method: string;
  readonly path: string;
  readonly operation: DocumentedOperation;
}

export function referencePage(document: OpenApiDocument): string {
  const { title, version, description } = document.info;
  const groups = Map.groupBy(rowsOf(document), ({ operation }) => operation.tags?.[0] ?? '');
  const index = [...groups].map(
    ([tag, rows]) => `<li><b>${escapeHtml(tag)}</b><ul>${rows.map(linkTo).join('')}</ul></li>`,
  );
  const sections = [...groups].map(
    ([tag, rows]) => `<h2>${escapeHtml(tag)}</h2>${rows.map((row) => operationHtml(row, document)).join('')}`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} ${escapeHtml(version)}: HTTP reference</title>
<link rel="stylesheet" href="/reference.css">
</head>
<body>
<nav aria-label="Routes"><ul>${index.join('')}</ul></nav>
<main>
<h1>${escapeHtml(title)} <small>${escapeHtml(version)}</small></h1>
${paragraphs(description)}
<p>For programs: <a href="/openapi.json">/openapi.json</a> (OpenAPI ${escapeHtml(document.openapi)}).</p>
${sections.join('')}
<h2 id="answers">Shapes</h2>
${shapesHtml(document)}
</main>
</body>
</html>
`;
}

function rowsOf({ paths }: OpenApiDocument): readonly Row[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
}

function linkTo({ method, path, operation }: Row): string {
  return `<li><a href="#${escapeHtml(operation.operationId)}"><code class="${method}">${method.toUpperCase()}</code> ${escapeHtml(path)}</a></li>`;
}

function operationHtml({ method, path, operation }: Row, document: OpenApiDocument): string {
  const shapes = shapesIn(document);
  const { operationId, summary, description = '', parameters = [], requestBody, responses } = operation;
  return `<section id="${escapeHtml(operationId)}">
<h3>${escapeHtml(summary)}</h3>
<p class="route"><code class="${method}">${method.toUpperCase()}</code> <code>${escapeHtml(path)}</code></p>
${paragraphs(description)}
<p class="access">${escapeHtml(accessText(operation))}</p>
${parametersHtml(parameters)}
${requestBody === undefined ? '' : contentHtml('Request', requestBody.content, shapes)}
${Object.entries(responses)
  .map(([status, response]) => responseHtml(status, response, document))
  .join('')}
</section>
`;
}

function accessText({ security = [] }: DocumentedOperation): string {
  const names = security.flatMap((each) => Object.keys(each));
  const isOpen = security.some((each) => Object.keys(each).length === 0);
  if (names.length === 0) return 'Needs no credential.';
  if (isOpen) return 'Needs no credential on loopback; one that is shown must be good.';
  return `Needs ${names.map((name) => CREDENTIALS[name] ?? name).join(' or ')}.`;
}

const CREDENTIALS: Readonly<Record<string, string>> = {
  session: 'a session handle',
  operator: 'the operator token',
  operatorCookie: 'the cookie of an operator’s browser',
};

function parametersHtml(parameters: readonly DocumentedParameter[]): string {
  if (parameters.length === 0) return '';
  const rows = parameters.map(
    ({ name, in: where, required = false, schema, description = '' }) =>
      `<tr><td><code>${escapeHtml(name)}</code></td><td>${where}${required ? ', required' : ''}</td><td>${escapeHtml(typeText(schema))}</td><td>${codeSpans(description)}</td></tr>`,
  );
  return `<table><thead><tr><th>Parameter</th><th>In</th><th>Type</th><th></th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function contentHtml(title: string, content: DocumentedContent, shapes: Shapes): string {
  return Object.entries(content)
    .map(([type, { schema, example }]) => {
      const shown = typeof example === 'string' ? example : JSON.stringify(example, null, 2);
      const code = shown === undefined ? '' : `<pre><code>${escapeHtml(shown)}</code></pre>`;
      return `<h4>${escapeHtml(title)} <small>${escapeHtml(type)}</small></h4>${shapeHtml(schema, shapes)}${code}`;
    })
    .join('');
}

function responseHtml(status: string, response: DocumentedResponse, document: OpenApiDocument): string {
  if (response.$ref === undefined) {
    return `<h4>${escapeHtml(status)}</h4>${paragraphs(response.description ?? '')}${contentHtml('Answer', response.content ?? {}, shapesIn(document))}`;
  }
  const shared = document.components.responses?.[response.$ref.split('/').at(-1) ?? ''] as DocumentedResponse;
  return `<p class="refusal"><b>${escapeHtml(status)}</b> ${codeSpans(shared.description ?? '')}</p>`;
}

function shapesHtml(document: OpenApiDocument): string {
  const { components } = document;
  return Object.entries(components.schemas ?? {})
    .map(([name, schema]) => {
      const { description = '' } = schema as { readonly description?: string };
      return `<section id="shape-${escapeHtml(name)}"><h3>${escapeHtml(name)}</h3>${paragraphs(description)}${shapeHtml(schema, shapesIn(document))}</section>`;
    })
    .join('');
}

/** The members of an object, or what it is in a few words. */
function shapeHtml(schema: unknown, shapes: Shapes): string {
  const members = membersOf(schema);
  if (members.length === 0) return `<p>${linked(typeText(schema), shapes)}</p>`;
  const rows = members.map(
    ({ name, type, isRequired, description }) =>
      `<tr><td><code>${escapeHtml(name)}</code>${isRequired ? '' : ' <small>may be absent</small>'}</td><td>${linked(type, shapes)}</td><td>${codeSpans(description)}</td></tr>`,
  );
  return `<table><thead><tr><th>Member</th><th>Type</th><th></th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

type Shapes = ReadonlySet<string>;

function shapesIn({ components }: OpenApiDocument): Shapes {
  return new Set(Object.keys(components.schemas ?? {}));
}

/** Names of shapes lead to where they are told. */
function linked(type: string, shapes: Shapes): string {
  return escapeHtml(type).replaceAll(/\b[A-Z][A-Za-z]+\b/g, (name) =>
    shapes.has(name) ? `<a href="#shape-${name}">${name}</a>` : name,
  );
}
