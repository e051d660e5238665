import type { CheckInRow } from '../../rows.ts';
import type { Calibration } from '../check-in.ts';

export function calibrationOf(_checkIns: readonly Pick<CheckInRow, 'confidence' | 'outcomes'>[]): Calibration {
  throw new Error('to be written');
}
