import type { CheckInCommand } from '../../command.ts';
import type { EisvFacts, Reason } from '../check-in.ts';
import type { Judgement } from '../check-in-rules.ts';
import type { EisvState } from './eisv-state.ts';

export function judgeEisv(
  _state: EisvState | null,
  _input: Pick<CheckInCommand, 'summary' | 'complexity' | 'parameters'>,
): Judgement {
  throw new Error('to be written');
}
export function isEisvInBounds(_state: EisvState | null): readonly Reason[] {
  throw new Error('to be written');
}
export function eisvAfter(_before: EisvState | null, _facts: EisvFacts, _summary: string): EisvState {
  throw new Error('to be written');
}
