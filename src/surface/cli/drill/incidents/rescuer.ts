// What a fresh agent does when it is sent in: it asks what is wrong, and has that done about it which the evidence allows it.

import { inWords } from './measure.ts';
import type { Cook, Scene } from './scene.ts';

export interface FoundFinding {
  readonly id: string;
  readonly code: string;
  readonly message: string;
  readonly evidence: readonly string[];
  readonly next: string;
}

/** What `diagnose` answered, to whom. */
export interface Explanation {
  readonly by: string;
  readonly tookMs: number;
  readonly findings: readonly FoundFinding[];
  readonly summary: string;
}

/** What `rescue` did, or why it did not. */
export interface Rescued {
  readonly by: string;
  readonly finding: string;
  readonly ok: boolean;
  readonly said: string;
}

/** Asks what is wrong with the fleet, and tells it. Null when it is not answered. */
export async function explain(scene: Scene, cook: Cook): Promise<Explanation | null> {
  const sentMs = scene.nowMs();
  const told = await scene.ask(cook, 'diagnose', {});
  const tookMs = scene.nowMs() - sentMs;
  if (!told.ok) {
    scene.tell(`${cook.agentId} asks what is wrong and is refused: ${told.message} (${told.code})`, 'bad');
    return null;
  }
  const findings = ((told.reply.findings ?? []) as readonly FoundFinding[]).map((each) => ({
    ...each,
    message: inWords(each.message),
  }));
  const summary = inWords(typeof told.reply.summary === 'string' ? told.reply.summary : '');
  const [first] = findings;
  const said = first === undefined ? summary : `${first.message} (${first.code})`;
  scene.tell(`${cook.agentId} asks what is wrong: ${said}`, 'good');
  if (first !== undefined && first.evidence.length > 0) scene.tell(`because: ${first.evidence.join(' ')}`, 'quiet');
  return { by: cook.agentId, tookMs, findings, summary };
}

/** Has done about the finding what would help. */
export async function rescue(
  scene: Scene,
  cook: Cook,
  { id }: Pick<FoundFinding, 'id'>,
  reason: string,
): Promise<Rescued> {
  const told = await scene.call(cook, 'rescue', { finding: id, reason });
  const said = told.ok ? doneText(told.reply.done) : `${told.message} (${told.code})`;
  scene.tell(`${cook.agentId} rescues ${id}: ${said}`, told.ok ? 'good' : 'bad');
  return { by: cook.agentId, finding: id, ok: told.ok, said };
}

function doneText(done: unknown): string {
  if (!Array.isArray(done)) return 'done';
  return done.map((each) => String(each).replace(/\.$/, '')).join('; ');
}
