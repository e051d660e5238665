// What an operator may make of an agent. Which of it the server would do in which state, it says itself when it is asked; here
// is only what is worth offering.

import type { AgentView } from '../data/types.ts';
import type { Act } from './act.ts';

type Word = 'pause' | 'resume' | 'archive' | 'restore' | 'retire';

const OFFERED: Readonly<Record<AgentView['lifecycle'], readonly Word[]>> = {
  active: ['pause', 'archive', 'retire'],
  paused: ['resume', 'archive', 'retire'],
  archived: ['restore', 'retire'],
  retired: [],
};

const WORDS: Readonly<Record<Word, { readonly verb: string; readonly means: string; readonly isGrave: boolean }>> = {
  pause: {
    verb: 'Pause',
    means: 'It is granted and renewed nothing until somebody resumes it. What becomes of its locks is policy.',
    isGrave: true,
  },
  resume: { verb: 'Resume', means: 'It may work again, from its next call on.', isGrave: false },
  archive: {
    verb: 'Archive',
    means: 'Its sessions are closed and what it holds is released; its history stays. It can be restored.',
    isGrave: true,
  },
  restore: {
    verb: 'Restore',
    means: 'It is what it was when it was archived: active, or paused still. Its sessions and locks do not come back.',
    isGrave: false,
  },
  retire: {
    verb: 'Retire',
    means: 'For ever: its sessions are closed, what it holds is released, and its name is never given again.',
    isGrave: true,
  },
};

export function actsOn({ agentId, lifecycle }: Pick<AgentView, 'agentId' | 'lifecycle'>): readonly Act[] {
  return OFFERED[lifecycle].map((word) => {
    const { verb, means, isGrave } = WORDS[word];
    const path = `/v1/agents/${encodeURIComponent(agentId)}/${word}`;
    return { title: `${verb} ${agentId}`, means, verb, path, isGrave };
  });
}
