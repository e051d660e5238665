// What a fresh agent does when it is sent in: it asks what is wrong, and has that done about it which the evidence allows it.

import { clock } from '../../../../compose.ts';
import { inWords } from './measure.ts';
import type { Cook, Scene } from './scene.ts';

export interface FoundFinding {
  readonly id: string;
  readonly code: string;
  readonly message: string;
  readonly evidence: readonly string[];
  readonly next: string;
  /** Whoever asked may do what helps. */
  readonly safe: boolean;
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

/** Has done about the finding what would help, as soon as the evidence allows it to whoever is no operator. */
export async function rescue(scene: Scene, cook: Cook, finding: FoundFinding, reason: string): Promise<Rescued> {
  const { id } = finding;
  if (!finding.safe) await untilSafe(scene, cook, finding);
  const told = await scene.call(cook, 'rescue', { finding: id, reason });
  const said = told.ok ? doneText(told.reply.done) : `${told.message} (${told.code})`;
  scene.tell(`${cook.agentId} rescues ${id}: ${said}`, told.ok ? 'good' : 'bad');
  return { by: cook.agentId, finding: id, ok: told.ok, said };
}

/** What is told of a holder is proved a little later, for nobody is to lose anything on what might be half the story. */
async function untilSafe(scene: Scene, cook: Cook, { id, next }: FoundFinding): Promise<void> {
  scene.tell(`${cook.agentId} is told to wait: ${inWords(next)}`, 'quiet');
  for (let looks = 0; looks < LOOKS_MOST; looks += 1) {
    const told = await scene.ask(cook, 'diagnose', {});
    const findings = told.ok ? ((told.reply.findings ?? []) as readonly FoundFinding[]) : [];
    const found = findings.find((each) => each.id === id);
    // What is over is not waited for: the rescue says so.
    if (told.ok && (found === undefined || found.safe)) return;
    await new Promise<void>((resolve) => void clock.after(LOOK_MS, resolve));
  }
}

const LOOK_MS = 100;
/** For a slow machine: it ends a drill that hangs. */
const LOOKS_MOST = 100;

function doneText(done: unknown): string {
  if (!Array.isArray(done)) return 'done';
  return done.map((each) => String(each).replace(/\.$/, '')).join('; ');
}
