// A score of the text and the numbers of one update. It counts characters and looks for phrases; it understands nothing.

import { clip } from './clip.ts';

const PHRASES = [
  'ignore previous',
  'system prompt',
  'jailbreak',
  'sudo',
  'rm -rf',
  'drop table',
  'script>',
  'violate',
  'bypass',
  'override safety',
];

/** What the score is made of. */
export interface RiskParts {
  readonly fromLength: number;
  readonly fromComplexity: number;
  readonly fromChange: number;
  readonly fromPhrases: number;
}

export function riskParts(text: string, complexity: number, coherence: number): RiskParts {
  const small = text.toLowerCase();
  const hits = PHRASES.filter((phrase) => small.includes(phrase)).length;
  return {
    fromLength: 0.2 / (1 + Math.exp(-(charactersIn(text) - 2000) / 500)),
    fromComplexity: 0.3 * clip(complexity, 0, 1),
    fromChange: 0.3 * (1 - coherence),
    fromPhrases: 0.2 * Math.min(hits / 3, 1),
  };
}

/** In [0, 1]. */
export function riskOf({ fromLength, fromComplexity, fromChange, fromPhrases }: RiskParts): number {
  return clip(fromLength + fromComplexity + fromChange + fromPhrases, 0, 1);
}

/** Characters as Python counts them: a pair of surrogates is one. */
export function charactersIn(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
