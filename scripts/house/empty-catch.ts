// An error that is caught and dropped is a bug that nobody will ever see. Where dropping it is right, the catch says why.

import { type Finding, isInside, isNode, nameOf, type Source, type SyntaxNode, walk } from './source.ts';

/** `catch {}` and `.catch(() => {})` that hold neither a statement nor a reason. */
export function checkEmptyCatch(source: Source): readonly Finding[] {
  const found: Finding[] = [];
  walk(source, (node) => {
    const body = caughtBody(node);
    if (body === null || source.comments.some((comment) => isInside(comment, body))) return;
    const message = 'an empty catch; handle the error, or write in it why nothing needs doing';
    found.push({ path: source.path, line: source.lineOf(node.start), rule: 'empty-catch', message });
  });
  return found;
}

/** The part that swallows the error without a word; null when `node` is no catch or does something. */
function caughtBody(node: SyntaxNode): SyntaxNode | null {
  if (node.type === 'CatchClause') return isNode(node.body) && isEmptyBlock(node.body) ? node.body : null;
  if (node.type !== 'CallExpression' || !isNode(node.callee) || node.callee.type !== 'MemberExpression') return null;
  if (nameOf(node.callee.property) !== 'catch' || !Array.isArray(node.arguments)) return null;
  const [handler] = node.arguments as readonly unknown[];
  if (!isNode(handler) || !/^(ArrowFunction|Function)Expression$/.test(handler.type) || !isNode(handler.body))
    return null;
  const isDropped = isEmptyBlock(handler.body) || /^(undefined|null)$/.test(textOf(handler.body));
  return isDropped ? node : null;
}

function isEmptyBlock(node: SyntaxNode): boolean {
  return node.type === 'BlockStatement' && Array.isArray(node.body) && node.body.length === 0;
}

function textOf(node: SyntaxNode): string {
  if (node.type === 'Literal' && node.value === null) return 'null';
  return nameOf(node) ?? '';
}
