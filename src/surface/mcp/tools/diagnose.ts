import * as z from 'zod';
import { isRejection } from '../../../core/rejection.ts';
import { type SpokenFinding, spokenDiagnosis } from '../../answer/spoken-diagnosis.ts';
import { resource } from '../../schema/fields.ts';
import { defineTool } from '../tool.ts';
import { toolRejection, toolView } from '../tool-result.ts';

export const diagnose = defineTool({
  name: 'diagnose',
  title: 'What is wrong?',
  description:
    'Says who waits for whom and why, the root cause first, with evidence and what would help. Of the fleet, or of what concerns one resource or agent.',
  effect: 'reads',
  input: { resource: resource.optional(), agentId: z.string().optional() },
  output: ['findings', 'graph', 'summary', 'looked', 'leftOut'],
  async run(seat, { resource: name, agentId }, call) {
    const key = name === undefined ? undefined : await seat.keyOf(name, call);
    if (isRejection(key)) return toolRejection(key);
    const about = key === undefined ? (agentId === undefined ? {} : { agentId }) : { resource: key };
    const seen = await seat.view({ kind: 'diagnosis', ...about }, call);
    return toolView(seen, (view) => {
      const structured = spokenDiagnosis(view, seen.worktree, 'agent');
      return { structured, text: textOf(structured) };
    });
  },
});

const SHOWN = 5;

function textOf({ summary, findings, looked, leftOut }: ReturnType<typeof spokenDiagnosis>): string {
  const [first] = findings;
  if (first === undefined)
    return [summary, ...looked].filter((each, i) => i === 0 || !summary.includes(each)).join(' ');
  const more = findings.slice(1, SHOWN).map(({ id, message }) => ` Also ${id}: ${message}`);
  const rest = findings.length + leftOut - SHOWN;
  const left = rest > 0 ? ` And ${rest} more.` : '';
  return `${first.id}: ${summary} ${first.evidence.join(' ')} ${whatToDo(first)}${more.join('')}${left}`;
}

function whatToDo({ id, action, safe, next, others }: SpokenFinding): string {
  const may = others.filter((other) => other.safe).map((other) => `${other.do} (${other.action})`);
  const instead = may.length === 0 ? '' : ` Instead, with do: ${may.join(', ')}.`;
  if (action === null) return `${next}${instead}`;
  return safe
    ? `${next} Safe for you: rescue with finding ${id} would ${action}.${instead}`
    : `${next} Not safe for you: an operator may ${action}.${instead}`;
}
