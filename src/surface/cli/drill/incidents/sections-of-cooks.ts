// When each agent was inside which file, by its own journal.

import { parseJournal } from '../journal.ts';
import { type Section, sectionsOf } from '../report/sections.ts';
import type { Scene } from './scene.ts';

export async function sectionsIn(scene: Scene): Promise<readonly Section[]> {
  const all = await Promise.all(
    scene.cooks.map(async (cook) => sectionsOf(cook.agentId, parseJournal((await scene.journalOf(cook)) ?? ''))),
  );
  return all.flat();
}
