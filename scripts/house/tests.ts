// What a test may not do: be skipped, keep others from running, sleep for a guessed time, or hide a campaign from the
// full run. A wait has a condition; a time that must pass is driven by the clock the test holds.

import { basename } from 'node:path';
import { importsOf } from './layers.ts';
import { type Finding, isNode, nameOf, type Source, type SyntaxNode, walk } from './source.ts';

const skipped = /^(it|test|describe|suite|bench)(\.\w+)*\.(skip|only|todo)(\.\w+)*$|^(x|f)(it|test|describe)$/;
const sleepers = /^(sleep|delay|pause|snooze)(Ms)?$/;
const loops = new Set(['WhileStatement', 'DoWhileStatement', 'ForStatement', 'ForOfStatement', 'ForInStatement']);

/** Skipped and focused tests, sleeps without a condition, and campaigns in a file that the full run does not find. */
export function checkTests(source: Source): readonly Finding[] {
  if (!/\.test\.ts$|^test\//.test(source.path)) return [];
  const found: Finding[] = [];
  const report = (rule: string, start: number, message: string): void => {
    found.push({ path: source.path, line: source.lineOf(start), rule, message });
  };
  walk(source, (node, ancestors) => {
    if (node.type === 'CallExpression' && skipped.test(nameOf(node.callee) ?? '')) {
      report('skipped-test', node.start, `${nameOf(node.callee)}: a test runs, or it goes`);
    }
    if (isSleep(node, source) && !isInConditionalLoop(ancestors)) {
      const message = 'sleeps for a guessed time; wait for a condition (test/support/wait-until.ts) or drive the clock';
      report('sleeping-test', node.start, message);
    }
  });
  const usesCampaign = importsOf(source).some(({ from }) => basename(from) === 'campaign.ts');
  if (usesCampaign && source.path.endsWith('.test.ts') && !source.path.endsWith('.campaign.test.ts')) {
    report('campaign-name', 0, 'a test with campaign counts is named *.campaign.test.ts, or the full run misses it');
  }
  return found;
}

/** An `await` of nothing but time: a promise that only a timer resolves, a timer of node:timers/promises, a sleep(). */
function isSleep(node: SyntaxNode, source: Source): boolean {
  if (node.type !== 'AwaitExpression' || !isNode(node.argument)) return false;
  const awaited = node.argument;
  if (awaited.type === 'NewExpression' && nameOf(awaited.callee) === 'Promise') return isTimerPromise(awaited);
  if (awaited.type !== 'CallExpression') return false;
  const name = nameOf(awaited.callee) ?? '';
  return sleepers.test(name.split('.').at(-1) ?? '') || isPromisedTimer(name, source);
}

/** `new Promise((resolve) => setTimeout(resolve, n))`, in any of its spellings. */
function isTimerPromise(promise: SyntaxNode): boolean {
  const [executor] = (promise.arguments ?? []) as readonly unknown[];
  if (!isNode(executor) || !isNode(executor.body) || !Array.isArray(executor.params)) return false;
  const resolve = nameOf(executor.params[0]);
  const call = onlyCall(executor.body);
  if (call === null || !/(^|\.)set(Timeout|Immediate)$/.test(nameOf(call.callee) ?? '')) return false;
  const [handler, delay] = (call.arguments ?? []) as readonly unknown[];
  if (isNode(delay) && delay.type === 'Literal' && delay.value === 0) return false; // a turn of the event loop, no time
  if (nameOf(call.callee)?.endsWith('setImmediate') === true) return false;
  if (nameOf(handler) === resolve) return true;
  return isNode(handler) && isNode(handler.body) && nameOf(onlyCall(handler.body)?.callee) === resolve;
}

/** The call that is all a function body does, or null. */
function onlyCall(body: SyntaxNode): SyntaxNode | null {
  if (body.type === 'CallExpression') return body;
  const statements =
    body.type === 'BlockStatement' && Array.isArray(body.body) ? (body.body as readonly unknown[]) : [];
  const [only] = statements;
  if (statements.length !== 1 || !isNode(only) || only.type !== 'ExpressionStatement') return null;
  return isNode(only.expression) && only.expression.type === 'CallExpression' ? only.expression : null;
}

function isPromisedTimer(name: string, source: Source): boolean {
  return source.module.staticImports.some(
    ({ moduleRequest, entries }) =>
      /^(node:)?timers\/promises$/.test(moduleRequest.value) &&
      entries.some(({ localName }) => name === localName.value || name.startsWith(`${localName.value}.`)),
  );
}

/** A pause between two looks at a condition is what waiting is. A loop that only counts, or never leaves, has none. */
function isInConditionalLoop(ancestors: readonly SyntaxNode[]): boolean {
  for (const ancestor of ancestors) {
    if (/Function/.test(ancestor.type)) return false;
    if (!loops.has(ancestor.type)) continue;
    const isWhile = /^(Do)?WhileStatement$/.test(ancestor.type);
    const hasCondition = isWhile && isNode(ancestor.test) && ancestor.test.type !== 'Literal';
    return hasCondition || hasExit(ancestor);
  }
  return false;
}

function hasExit(loop: SyntaxNode): boolean {
  const seen = [loop as unknown];
  for (let next = seen.pop(); next !== undefined; next = seen.pop()) {
    if (!isNode(next)) continue;
    if (/^(Break|Return|Throw)Statement$/.test(next.type)) return true;
    seen.push(...Object.values(next).flat());
  }
  return false;
}
